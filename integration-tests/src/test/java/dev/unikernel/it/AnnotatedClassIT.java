package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.BootPhase;
import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The main job: an annotated class, a guest, an address from DHCP, an HTTP answer. */
@GuestTest
@UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
class AnnotatedClassIT {

    private static final OkHttpClient CLIENT = new OkHttpClient();

    @VmAddress
    static URI staticField;

    @VmAddress
    private InetAddress instanceField;

    private Vm handle;

    private final Vm fromConstructor;

    AnnotatedClassIT(Vm vm) {
        this.fromConstructor = vm;
    }

    @BeforeAll
    static void theVmIsThereBeforeAll(@VmAddress URI uri) throws Exception {
        assertThat(Http.get(uri).statusCode()).isEqualTo(200);
        assertThat(staticField).isEqualTo(uri);
    }

    @BeforeEach
    void theSameVmServesEachTest(Vm vm) {
        assertThat(vm).isSameAs(fromConstructor).isSameAs(handle);
    }

    @AfterEach
    void theVmRunsAfterEach(Vm vm) {
        assertThat(vm.isRunning()).isTrue();
    }

    @AfterAll
    static void theVmIsThereAfterAll(@VmAddress URI uri) throws Exception {
        assertThat(Http.get(uri).statusCode()).isEqualTo(200);
    }

    @Test
    void answersOverHttpAtTheInjectedAddress(@VmAddress HttpUrl url) throws IOException {
        try (Response response =
                CLIENT.newCall(new Request.Builder().url(url).build()).execute()) {
            assertThat(response.code()).isEqualTo(200);
        }
    }

    @Test
    void injectsTheAddressInEveryForm(
            Vm vm,
            @VmAddress String text,
            @VmAddress InetAddress address,
            @VmAddress InetSocketAddress socketAddress,
            @VmAddress URI uri,
            @VmAddress URL url,
            @VmAddress HttpUrl httpUrl)
            throws Exception {
        assertThat(text).isEqualTo(vm.address().getHostAddress());
        assertThat(address).isEqualTo(vm.address()).isEqualTo(instanceField);
        assertThat(socketAddress).isEqualTo(new InetSocketAddress(vm.address(), 8080));
        assertThat(uri).hasToString("http://" + text + ":8080/");
        assertThat(url).isEqualTo(uri.toURL());
        assertThat(httpUrl).hasToString("http://" + text + ":8080/");
    }

    @Test
    void theTimelineTellsThePhasesInTheirOrder(Vm vm) {
        assertThat(vm.timeline().reached().keySet())
                .contains(BootPhase.SPAWNED, BootPhase.DISCOVER, BootPhase.LEASED, BootPhase.READY);
        List<Duration> times = new ArrayList<>(vm.timeline().reached().values());
        assertThat(times).isSorted();
    }

    @Test
    void theSerialLogHoldsWhatTheGuestWrote(Vm vm) throws IOException {
        String leased = vm.lease().address().getHostAddress();
        assertThat(Files.readString(vm.serialLog()))
                .contains("Server started on port 8080")
                .contains("assigned: " + leased);
    }

    @Test
    void theHandleTellsAboutItsVm(Vm vm) throws Exception {
        assertThat(vm.name()).isEqualTo("vm");
        assertThat(vm.port()).isEqualTo(8080);
        assertThat(Http.get(vm.uri("/boot-id")).body()).isNotBlank();
        assertThat(ProcessHandle.of(vm.pid()))
                .hasValueSatisfying(process -> assertThat(process.isAlive()).isTrue());
        assertThat(vm.hypervisor()).startsWith(vm.plan().hypervisorName());
    }

    @Nested
    class InANestedClass {

        @Test
        void theOuterVmIsShared(Vm vm, @VmAddress URI uri) throws Exception {
            assertThat(vm).isSameAs(fromConstructor);
            assertThat(Http.get(uri).statusCode()).isEqualTo(200);
        }
    }
}
