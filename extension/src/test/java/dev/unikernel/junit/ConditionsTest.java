package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmStartException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of tests on a machine that cannot run VMs. */
class ConditionsTest {

    @TempDir
    Path folder;

    /** Cloud Hypervisor has no user network, on no machine. */
    private FakeRun impossible() {
        return new FakeRun(folder).with("unikernel.hypervisor", "cloud-hypervisor");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class PlainTestCase {
        @Test
        void test(Vm vm) {}
    }

    @Test
    void whatIsMissingFailsTheClassUnlessSaidOtherwise() {
        FakeRun run = impossible().execute(PlainTestCase.class);

        assertThat(run.failures()).singleElement().isInstanceOf(VmStartException.PrerequisiteMissing.class);
        assertThat(run.outcomes()).containsExactly("ConditionsTest$PlainTestCase failed");
    }

    @Test
    void whatIsMissingSkipsTheClassWithItsReasonIfTheSettingSaysSo() {
        FakeRun run = impossible().with("unikernel.whenUnavailable", "skip").execute(PlainTestCase.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.outcomes())
                .singleElement()
                .satisfies(
                        outcome -> assertThat(outcome)
                                .startsWith(
                                        "ConditionsTest$PlainTestCase skipped: No VM can be started: unikernel.hypervisor=cloud-hypervisor"));
    }

    @Test
    void whatIsRequiredFailsThoughTheSettingWouldSkipIt() {
        FakeRun run = impossible()
                .with("unikernel.whenUnavailable", "skip")
                .with("unikernel.required", "true")
                .execute(PlainTestCase.class);

        assertThat(run.failures()).singleElement().isInstanceOf(VmStartException.PrerequisiteMissing.class);
    }

    @EnabledIfHypervisorAvailable
    static class ConditionalTestCase {
        @Test
        void test() {}
    }

    static class ConditionalMethodsTestCase {
        @Test
        @EnabledIfHypervisorAvailable("qemu")
        void onQemu() {}

        @Test
        @EnabledIfHypervisorAvailable("cloud-hypervisor")
        void onCloudHypervisor() {}

        @Test
        void always() {}
    }

    static class MisspelledTestCase {
        @Test
        @EnabledIfHypervisorAvailable("firecracker")
        void test() {}
    }

    @Test
    void theConditionHoldsWhereVmsCanRun() {
        FakeRun run = new FakeRun(folder).execute(ConditionalTestCase.class);

        assertThat(run.outcomes()).containsExactly("test() successful");
    }

    @Test
    void theConditionSkipsWhereTheyCannotAndFailsWhereThatIsRequired() {
        FakeRun run = impossible().execute(ConditionalTestCase.class);
        assertThat(run.failures()).isEmpty();
        assertThat(run.outcomes()).singleElement().satisfies(outcome -> assertThat(outcome)
                .startsWith("ConditionsTest$ConditionalTestCase skipped: No VM can be started"));

        FakeRun required = impossible().with("unikernel.required", "true").execute(ConditionalTestCase.class);
        assertThat(required.outcomes()).containsExactly("ConditionsTest$ConditionalTestCase failed");
    }

    @Test
    void theConditionOfATestNamesAHypervisor() {
        FakeRun run = new FakeRun(folder).execute(ConditionalMethodsTestCase.class);

        assertThat(run.outcomes()).contains("onQemu() successful", "always() successful");
        assertThat(run.outcomes())
                .anySatisfy(outcome -> assertThat(outcome).startsWith("onCloudHypervisor() skipped: "));
    }

    @Test
    void aHypervisorThatDoesNotExistIsAnError() {
        FakeRun run = new FakeRun(folder).execute(MisspelledTestCase.class);

        assertThat(run.failures()).singleElement().satisfies(failure -> assertThat(failure.getCause())
                .isInstanceOf(ExtensionConfigurationException.class)
                .hasMessageStartingWith(
                        "@EnabledIfHypervisorAvailable of test(): unikernel.hypervisor is 'firecracker'")
                .hasMessageContaining("must be one of auto, cloud-hypervisor, qemu"));
    }
}
