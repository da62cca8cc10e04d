package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.VmmEnd;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmTest {

    private static final Duration SHORT = Duration.ofMillis(30);
    private static final VmmEnd OFF = new VmmEnd.PoweredOff("the guest powered off", "look", OptionalInt.of(0));
    private static final VmExit EXIT = new VmExit.PoweredOff("the guest powered off", OptionalInt.of(0), List.of());

    @TempDir
    Path folder;

    private BootFixture given;
    private Vm vm;
    private FilesVmm vmm;

    @BeforeEach
    void boot() {
        given = new BootFixture(folder);
        given.network.giveLease();
        vm = given.boot(given.spec().port(80).ports(443));
        vmm = given.hypervisor.vmm();
    }

    @AfterEach
    void takeAway() {
        vmm.whenAsked(() -> {});
        vm.close();
    }

    @Test
    void tellsWhereItIsReached() {
        assertThat(vm.uri()).isEqualTo(URI.create("http://127.0.0.1:80/"));
        assertThat(vm.uri("/health?deep=1")).isEqualTo(URI.create("http://127.0.0.1:80/health?deep=1"));
        assertThat(vm.port()).isEqualTo(80);
        assertThat(vm.port(80)).isEqualTo(80);
        assertThat(vm.port(443)).isEqualTo(443);
        assertThat(vm).hasToString("VM 'web' at http://127.0.0.1:80/ (Fake 1.0, pid 4711)");
    }

    @Test
    void tellsWhatItIs() {
        assertThat(vm.name()).isEqualTo("web");
        assertThat(vm.hypervisor()).isEqualTo("Fake 1.0");
        assertThat(vm.pid()).isEqualTo(4711);
        assertThat(vm.serialLog()).isEqualTo(vmm.serialFile());
        assertThat(vm.vmmLog()).isEqualTo(vmm.log());
        assertThat(vm.plan().spec().name()).isEqualTo("web");
        assertThat(vm.timeline().last()).contains(BootPhase.READY);
    }

    @Test
    void pathWithoutASlashIsRefused() {
        assertThatThrownBy(() -> vm.uri("health"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a path begins with '/', but was: 'health'");
    }

    @Test
    void portThatWasNotDeclaredIsRefused() {
        assertThatThrownBy(() -> vm.port(8080))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("VM 'web' declares no port 8080; declared are [80, 443].");
    }

    @Test
    void runsUntilItsProcessOrItsGuestEnds() {
        assertThat(vm.isRunning()).isTrue();
        vmm.die();
        assertThat(vm.isRunning()).as("without a process").isFalse();
    }

    @Test
    void guestThatEndedDoesNotRunThoughItsProcessDoes() {
        vmm.end(OFF);
        assertThat(vm.isRunning()).isFalse();
    }

    @Test
    void pauseAndResumeAreDoneByTheVmm() {
        assertThat(vm.isPaused()).isFalse();
        vm.pause();
        assertThat(vm.isPaused()).isTrue();
        assertThat(vm.isRunning()).as("a paused VM").isTrue();
        vm.resume();
        assertThat(vm.isPaused()).isFalse();
        assertThat(vm.counters()).isEqualTo(FilesVmm.COUNTERS);
    }

    @Test
    void vmThatHasEndedIsAskedForNothing() {
        vmm.end(OFF);

        assertThatEach(
                operation -> assertThatThrownBy(() -> operation.accept(vm))
                        .isInstanceOf(VmControlException.class)
                        .hasMessageContaining(
                                "because it has ended: the guest powered off. Next: read the end of " + vm.serialLog()),
                Vm::pause,
                Vm::resume,
                Vm::isPaused,
                Vm::counters);
        assertThat(vmm.asked()).isEmpty();
    }

    @Test
    void refusalIsToldWithTheLogOfTheVmm() {
        HypervisorException refusal = new HypervisorException("no answer within 10 s", "look there");
        vmm.whenAsked(() -> {
            throw refusal;
        });

        assertThatThrownBy(vm::pause)
                .isInstanceOf(VmControlException.class)
                .hasCause(refusal)
                .hasMessage("VM 'web' was not paused: no answer within 10 s. Next: look there (the VMM's log is "
                        + vm.vmmLog() + ").");
    }

    @Test
    void refusalOfAVmmThatEndsIsItsEnd() {
        HypervisorException refusal = new HypervisorException("the connection broke", "look");
        vmm.whenAsked(() -> {
            vmm.end(OFF);
            throw refusal;
        });

        assertThatThrownBy(vm::resume)
                .isInstanceOf(VmControlException.class)
                .hasCause(refusal)
                .hasMessageStartingWith("VM 'web' cannot be resumed, because it has ended: the guest powered off");
    }

    @Test
    void powerButtonEndsAGuestThatMindsIt() {
        vmm.whenAsked(() -> vmm.end(OFF));

        assertThat(vm.powerOff()).contains(EXIT);
        assertThat(vmm.asked()).containsExactly("powerButton");
        assertThat(vm.powerOff()).as("once more").contains(EXIT);
        assertThat(vmm.asked()).as("once more").containsExactly("powerButton");
    }

    @Test
    void guestThatIgnoresThePowerButtonRunsOn() {
        assertThat(vm.powerOff(SHORT)).isEmpty();
        assertThat(vm.isRunning()).isTrue();
    }

    @Test
    void powerButtonThatIsRefusedIsTold() {
        vmm.whenAsked(() -> {
            throw new HypervisorException("no answer", "look");
        });

        assertThatThrownBy(() -> vm.powerOff(SHORT))
                .isInstanceOf(VmControlException.class)
                .hasMessageStartingWith("VM 'web' was not powered off: no answer.");
    }

    @Test
    void powerButtonThatIsRefusedByAVmmThatEndsIsNoFailure() {
        vmm.whenAsked(() -> {
            vmm.end(OFF);
            throw new HypervisorException("the connection broke", "look");
        });

        assertThat(vm.powerOff(SHORT)).contains(EXIT);
    }

    @Test
    void killEndsTheVmm() {
        vm.kill();

        assertThat(vmm.asked()).containsExactly("kill");
        assertThat(vm.isRunning()).isFalse();
    }

    @Test
    void processThatOutlivesAKillIsTold() {
        vmm.whenAsked(() -> {
            throw new HypervisorException("pid 4711 outlived SIGKILL", "look");
        });

        assertThatThrownBy(vm::kill)
                .isInstanceOf(VmControlException.class)
                .hasMessageStartingWith("VM 'web' was not killed: pid 4711 outlived SIGKILL.");
    }

    @Test
    void awaitedExitIsToldWhenItComes() {
        assertThat(vm.awaitExit(SHORT)).isEmpty();
        vmm.end(OFF);
        assertThat(vm.awaitExit(SHORT)).contains(EXIT);
        assertThat(vm.exit()).contains(EXIT);
    }

    @Test
    void closeTakesAllAwayOnceAndTheLogsStay() {
        vmm.writeSerial("words\n");

        vm.close();
        vm.close();

        assertThat(vmm.asked()).containsExactly("close");
        assertThat(given.network.closed).isTrue();
        assertThat(given.network.folder.orElseThrow()).doesNotExist();
        assertThat(vm.serialLog()).hasContent("words");
        assertThat(vm.exit()).contains(new VmExit.Closed("close() took it away", List.of("words")));
        assertThat(vm.isRunning()).isFalse();
    }

    @SafeVarargs
    private static void assertThatEach(Consumer<Consumer<Vm>> check, Consumer<Vm>... operations) {
        for (Consumer<Vm> operation : operations) {
            check.accept(operation);
        }
    }
}
