package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmStartException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.io.TempDir;

/** One VM for all classes of a launcher session that ask for the same thing. */
class SessionScopeTest {

    private static final List<Long> SEEN = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    Path folder;

    private FakeRun run() {
        SEEN.clear();
        return new FakeRun(folder);
    }

    static boolean junitHasSessions() {
        return SessionStore.exists();
    }

    @Test
    @DisabledIf("junitHasSessions")
    void onJUnit512ItIsAnErrorThatSaysSo() {
        FakeRun run = run().execute(OneTestCase.class);

        assertThat(run.boots()).isEmpty();
        assertThat(run.failures()).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessage(
                        "VM 'vm' of " + OneTestCase.class.getName() + " has the scope SESSION, which needs JUnit 5.13"
                                + " or newer: older ones have nothing that lives for a whole session. Next: use a newer JUnit, or"
                                + " the scope CLASS."));
    }

    @Test
    @EnabledIf("junitHasSessions")
    void itsNetworkIsNotThatOfAClass() {
        FakeRun run = run().execute(NetworksTestCase.class);

        assertThat(run.boots()).isEmpty();
        assertThat(run.failures()).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageStartingWith(
                        "the command line of VM 'web' asks for ${vm.db.address}, but one of the two has the"
                                + " scope SESSION and so a network of the same name for the session. VMs on the network 'lan' of"
                                + " VM 'web' are [web]."));
    }

    @UnikernelVm(kernel = KERNEL, name = "db", network = "lan", scope = Scope.SESSION)
    @UnikernelVm(kernel = KERNEL, name = "web", network = "lan", cmdline = "db=${vm.db.address}")
    static class NetworksTestCase {
        @Test
        void test() {}
    }

    @Test
    @EnabledIf("junitHasSessions")
    void classesOfOneRequestShareTheVm() {
        FakeRun run = run().execute(OneTestCase.class, OtherTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
        assertThat(SEEN).hasSize(2).containsOnly(SEEN.get(0));
        assertThat(run.running()).isEmpty();
    }

    @Test
    @EnabledIf("junitHasSessions")
    void classesOfSeveralRequestsShareTheVmAsAForkThatIsUsedAgainHasThem() {
        FakeRun run = run().inSession(session -> {
            session.execute(OneTestCase.class);
            session.execute(OtherTestCase.class);
        });

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
        assertThat(run.running()).isEmpty();
    }

    @Test
    @EnabledIf("junitHasSessions")
    void whoAsksForSomethingElseGetsAnotherVm() {
        FakeRun run = run().execute(OneTestCase.class, LargerTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web", "web");
        assertThat(run.running()).isEmpty();
    }

    @Test
    @EnabledIf("junitHasSessions")
    void classesThatRunAtTheSameTimeShareTheVm() {
        FakeRun run = run().with("junit.jupiter.execution.parallel.enabled", "true")
                .with("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .with("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .with("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .execute(OneTestCase.class, OtherTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web");
    }

    @Test
    @EnabledIf("junitHasSessions")
    void aVmThatAClassHasEndedIsReplacedForTheNext() {
        FakeRun run = run().execute(KillingTestCase.class, OneTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.boots()).containsExactly("web", "web");
        assertThat(run.running()).isEmpty();
    }

    @Test
    @EnabledIf("junitHasSessions")
    void aFailedBootIsRememberedForTheRequestAndTriedAgainInTheNext() {
        FakeRun run = run().inSession(session -> {
            session.execute(BrokenTestCase.class, AlsoBrokenTestCase.class);
            session.execute(BrokenTestCase.class);
        });

        assertThat(run.boots()).containsExactly("web", "web");
        assertThat(run.failures()).hasSize(3).hasOnlyElementsOfType(VmStartException.class);
        assertThat(run.failures().get(1)).isSameAs(run.failures().get(0));
        assertThat(run.failures().get(2)).isNotSameAs(run.failures().get(0));
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.SESSION)
    static class OneTestCase {
        @Test
        void test(Vm vm) {
            SEEN.add(vm.pid());
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.SESSION)
    static class OtherTestCase {
        @Test
        void test(Vm vm) {
            SEEN.add(vm.pid());
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.SESSION, memory = "512M")
    static class LargerTestCase {
        @Test
        void test() {}
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, scope = Scope.SESSION)
    static class KillingTestCase {
        @Test
        void test(Vm vm) {
            vm.kill();
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " die", scope = Scope.SESSION)
    static class BrokenTestCase {
        @Test
        void test() {}
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " die", scope = Scope.SESSION)
    static class AlsoBrokenTestCase {
        @Test
        void test() {}
    }
}
