package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.DB;
import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmControlException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A VM's link is sound again after each test. */
class NetworkFaultsTest {

    @TempDir
    Path folder;

    private static final String QEMU_ONLY_DISCONNECTS =
            " can only be disconnected, because its link is not ours to change";

    private List<String> cables(FakeRun run) {
        return run.events().stream()
                .filter(event -> event.contains("plug "))
                .map(event -> event.substring(0, event.lastIndexOf(' ')))
                .toList();
    }

    @Test
    void linksAreRestoredAfterEachTestAlsoAfterOneThatFailed() {
        FakeRun run = new FakeRun(folder).execute(TwoVmsTestCase.class);

        assertThat(run.outcomes())
                .containsExactly("first(Vm, Vm) failed", "second(Vm) successful", "third() successful");
        assertThat(cables(run))
                .containsExactly("unplug web", "unplug db", "plug web", "plug db", "unplug web", "plug web");
    }

    @UnikernelVm(name = "web", kernel = KERNEL, cmdline = WEB)
    @UnikernelVm(name = "db", kernel = KERNEL, cmdline = DB)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class TwoVmsTestCase {

        @Test
        @Order(1)
        void first(@VmNamed("web") Vm web, @VmNamed("db") Vm db) {
            web.network().disconnect();
            db.network().disconnect().disconnect();
            fail("with both disconnected");
        }

        @Test
        @Order(2)
        void second(@VmNamed("web") Vm web) {
            web.network().disconnect();
            web.network().reconnect();
            web.network().restore();
        }

        @Test
        @Order(3)
        void third() {}
    }

    @Test
    void linkIsStillAsTheTestLeftItInAfterEachMethodsAndAnEndedVmNeedsNoRestoration() {
        FakeRun run = new FakeRun(folder).execute(KilledTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(cables(run)).containsExactly("unplug web");
    }

    @UnikernelVm(name = "web", kernel = KERNEL, cmdline = WEB)
    static class KilledTestCase {

        @Test
        void disconnects(Vm vm) {
            vm.network().disconnect();
        }

        @AfterEach
        void kill(Vm vm) {
            vm.kill();
            VmControlException failure =
                    assertThrows(VmControlException.class, () -> vm.network().reconnect());
            assertThat(failure).hasMessageStartingWith("VM 'web' cannot be connected again, because it has ended: ");
        }
    }

    @Test
    void whatQemuCannotDoIsRefusedAndChangesNothing() {
        FakeRun run = new FakeRun(folder).execute(DemandingTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(cables(run)).containsExactly("unplug web", "plug web");
    }

    @UnikernelVm(name = "web", kernel = KERNEL, cmdline = WEB)
    static class DemandingTestCase {

        @Test
        void demands(Vm vm) {
            vm.network().disconnect();
            for (Runnable demand : List.<Runnable>of(
                    () -> vm.network().delay(Duration.ofMillis(1)),
                    () -> vm.network().loss(50),
                    () -> vm.network().limit("1Mbit"))) {
                assertThat(assertThrows(VmControlException.class, demand::run))
                        .hasMessageStartingWith("VM 'web'" + QEMU_ONLY_DISCONNECTS)
                        .hasMessageEndingWith("Next: use unikernel.network=namespace or tap.");
            }
            assertThrows(IllegalArgumentException.class, () -> vm.network().loss(101));
        }
    }
}
