package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.vm.ReadyWhen;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher without JUnit's help. */
@GuestTest
class PlainApiIT {

    @TempDir
    Path folder;

    @Test
    void aVmIsStartedUsedAndClosed() throws Exception {
        long pid;
        Path log;
        try (Vm vm = VmLauncher.create()
                .start(Guests.fixture(Guests.image().build(), folder).build())) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
            pid = vm.pid();
            log = vm.serialLog();
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(log).content().contains("Server started on port 8080");
    }

    @Test
    void closingTwiceDoesNothingMore() {
        Vm vm = VmLauncher.create()
                .start(Guests.fixture(Guests.image().build(), folder).build());
        vm.close();
        vm.close();
        assertThat(vm.isRunning()).isFalse();
    }

    @Test
    void theImageOfTheUserIsNotWrittenTo() throws Exception {
        VmSpec spec = Guests.fixture(Guests.image().build(), folder).build();
        byte[] before = Files.readAllBytes(spec.image().orElseThrow());
        VmLauncher.create().start(spec).close();
        assertThat(spec.image().orElseThrow()).hasBinaryContent(before);
    }

    @Test
    void twoVmsOfAJvmHaveDifferentAddressesAndBoots() throws Exception {
        VmSpec spec = Guests.fixture(Guests.image().build(), folder).build();
        try (Vm one = VmLauncher.create().start(spec);
                Vm two = VmLauncher.create().start(spec)) {
            assertThat(one.address()).isNotEqualTo(two.address());
            assertThat(Http.get(one.uri("/boot-id")).body())
                    .isNotEqualTo(Http.get(two.uri("/boot-id")).body());
        }
    }

    @Test
    void furtherPortsAreReachedUnderTheirOwnNumbers() throws Exception {
        VmSpec spec = Guests.fixture(Guests.image().morePorts(9090).build(), folder)
                .ports(9090)
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            URI other = URI.create("http://" + vm.address().getHostAddress() + ":" + vm.port(9090) + "/");
            assertThat(Http.get(other).statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> vm.port(9091))
                    .hasMessage("VM 'vm' declares no port 9091; declared are [8080, 9090]."
                            + " Next: add it to the attribute 'ports'.");
        }
    }

    @Test
    void readinessCanAskForAPathAndAStatus() {
        VmSpec spec = Guests.fixture(Guests.image().build(), folder)
                .readyWhen(ReadyWhen.http("/boot-id", 200))
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(vm.isRunning()).isTrue();
        }
    }

    @Test
    void readinessCanBeTheLease() {
        VmSpec spec = Guests.fixture(Guests.image().withoutHttp().build(), folder)
                .readyWhen(ReadyWhen.leased())
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(vm.lease().address()).isNotNull();
        }
    }

    @Test
    void readinessCanBeALineOnTheSerialConsole() {
        VmSpec spec = Guests.fixture(Guests.image().build(), folder)
                .readyWhen(ReadyWhen.serial("Server started on port \\d+"))
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(vm.isRunning()).isTrue();
        }
    }

    @Test
    void aPlanSaysWhatWouldBeDoneAndDoesNothing() {
        String plan = VmLauncher.create()
                .plan(Guests.fixture(Guests.image().build(), folder).build())
                .toString();
        assertThat(plan)
                .startsWith("VM 'vm': ready at any HTTP status on / within ")
                .contains("hypervisor: ")
                .contains("network:    ")
                .contains("PVH")
                .contains("command:    /");
    }
}
