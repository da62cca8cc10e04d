package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.config.ConfigException;
import dev.unikernel.vm.LaunchPlan;
import dev.unikernel.vm.Vm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds where an annotation says nothing: the project's setting, else the default. */
class ProjectDefaultsTest {

    private static final List<LaunchPlan> PLANS = new ArrayList<>();

    @TempDir
    Path folder;

    private FakeRun run() {
        PLANS.clear();
        return new FakeRun(folder);
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class SilentTestCase {
        @Test
        void test(Vm vm) {
            PLANS.add(vm.plan());
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, memory = "64M", cpus = 2, startupTimeout = "30s")
    static class OutspokenTestCase {
        @Test
        void test(Vm vm) {
            PLANS.add(vm.plan());
        }
    }

    @Test
    void aSettingHoldsWhereTheAnnotationIsSilent() {
        FakeRun run = run().with("unikernel.memory", "128M")
                .with("unikernel.cpus", "4")
                .with("unikernel.startupTimeout", "45s")
                .execute(SilentTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(PLANS.get(0).spec().memory()).hasToString("128M");
        assertThat(PLANS.get(0).spec().cpus()).isEqualTo(4);
        assertThat(PLANS.get(0).timeout()).isEqualTo(Duration.ofSeconds(45));
    }

    @Test
    void anAnnotationRulesOverTheSettings() {
        run().with("unikernel.memory", "128M")
                .with("unikernel.cpus", "4")
                .with("unikernel.startupTimeout", "45s")
                .execute(OutspokenTestCase.class);

        assertThat(PLANS.get(0).spec().memory()).hasToString("64M");
        assertThat(PLANS.get(0).spec().cpus()).isEqualTo(2);
        assertThat(PLANS.get(0).timeout()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theTimeoutFactorMultipliesBoth() {
        run().with("unikernel.timeoutFactor", "3").execute(SilentTestCase.class, OutspokenTestCase.class);

        assertThat(PLANS)
                .extracting(LaunchPlan::timeout)
                .containsExactly(Duration.ofSeconds(180), Duration.ofSeconds(90));
    }

    @Test
    void aSettingThatCannotBeIsAnErrorThatNamesItsPlace() {
        FakeRun run = run().with("unikernel.memory", "lots").execute(SilentTestCase.class);

        assertThat(run.failures())
                .singleElement()
                .satisfies(
                        failure -> assertThat(failure)
                                .isInstanceOf(ConfigException.class)
                                .hasMessageStartingWith(
                                        "unikernel.memory is 'lots' (JUnit configuration parameter unikernel.memory), but must be a size"));
    }
}
