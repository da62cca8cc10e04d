package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmControlException;
import dev.unikernel.vm.VmNetwork;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** A guest whose link fails, and is sound again for the next test. */
@GuestTest
@LeavesNothing // outside, as it looks when the link has been restored
@UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class NetworkFaultsIT {

    private static final Duration BRIEF = Duration.ofMillis(500);
    private static final Duration AMPLE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    @Order(1)
    void disconnectedGuestAnswersOnlyAfterItIsConnectedAgain(Vm vm) throws Exception {
        String bootId = get(vm, "/boot-id", AMPLE);

        vm.network().disconnect();

        assertThatThrownBy(() -> get(vm, "/boot-id", BRIEF)).isInstanceOf(HttpTimeoutException.class);
        assertThat(vm.isRunning()).isTrue();

        vm.network().reconnect();

        assertThat(get(vm, "/boot-id", AMPLE)).isEqualTo(bootId);
    }

    @Test
    @Order(2)
    void linkThatIsLeftDisconnected(Vm vm) {
        vm.network().disconnect();

        assertThatThrownBy(() -> get(vm, "/", BRIEF)).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    @Order(3)
    void isSoundInTheNextTest(Vm vm) throws Exception {
        assertThat(get(vm, "/boot-id", AMPLE)).isNotEmpty();
    }

    @Test
    @Order(4)
    void delayIsSeenInBothDirections(Vm vm) throws Exception {
        Duration delay = Duration.ofMillis(300);
        if (isRefused(vm, network -> network.delay(delay))) {
            return;
        }
        VmNetwork network = vm.network();
        get(vm, "/", AMPLE);
        try {
            network.delay(delay);
        } catch (VmControlException e) {
            assertThat(vm.plan().networkMode())
                    .as("elsewhere there is a relay that can do it")
                    .isEqualTo(NetworkMode.TAP);
            assertThat(e).hasMessageContaining("kernel lacks sch_netem").hasMessageContaining("modprobe");
            assertThat(get(vm, "/", AMPLE)).isNotEmpty();
            abort("SKIPPED: " + e.getMessage());
        }

        long begin = System.nanoTime();
        get(vm, "/", AMPLE);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(delay.multipliedBy(2));

        network.limit("1Mbit").delay(Duration.ZERO).loss(1);
        assertThat(get(vm, "/", AMPLE)).isNotEmpty();
    }

    @Test
    @Order(5)
    void lossOfAllIsAsGoodAsADisconnection(Vm vm) throws Exception {
        if (isRefused(vm, network -> network.loss(100))) {
            return;
        }
        VmNetwork network = vm.network();
        network.loss(100);
        assertThatThrownBy(() -> get(vm, "/", BRIEF)).isInstanceOf(HttpTimeoutException.class);

        network.loss(10);
        assertThat(get(vm, "/", AMPLE)).isNotEmpty();
    }

    @Test
    @Order(6)
    void limitIsSeen(Vm vm) throws Exception {
        if (isRefused(vm, network -> network.limit("8kbit"))) {
            return;
        }
        // A bucket of 16 KiB passes at once, and the rest at 1000 bytes per second.
        int length = 16 * 1_024 + 2_000;
        assertThat(post(vm, length)).isEqualTo(200);

        vm.network().limit("8kbit");

        long begin = System.nanoTime();
        assertThat(post(vm, length)).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    /** Whether the link is QEMU's own, which can only be disconnected; the rest must be refused then, and harm nothing. */
    private boolean isRefused(Vm vm, Consumer<VmNetwork> fault) throws IOException, InterruptedException {
        if (vm.plan().networkMode() != NetworkMode.USER) {
            return false;
        }
        assertThatThrownBy(() -> fault.accept(vm.network()))
                .isInstanceOf(VmControlException.class)
                .hasMessageStartingWith(
                        "VM 'vm' can only be disconnected, because its link is not ours to change (QEMU's"
                                + " user network")
                .hasMessageEndingWith("Next: use unikernel.network=namespace or tap.");
        assertThat(get(vm, "/", AMPLE)).isNotEmpty();
        return true;
    }

    private String get(Vm vm, String path, Duration limit) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(vm.uri(path)), limit).body();
    }

    private int post(Vm vm, int length) throws IOException, InterruptedException {
        return send(
                        HttpRequest.newBuilder(vm.uri("/"))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[length])),
                        AMPLE)
                .statusCode();
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Duration limit)
            throws IOException, InterruptedException {
        return client.send(
                request.version(HttpClient.Version.HTTP_1_1).timeout(limit).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
