package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.vm.LaunchPlan;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that uses a stack before it has set one: it boots everywhere, and where we help, without us it does not. */
@GuestTest
@Timeout(60)
@LeavesNothing
class EntryStubIT {

    /** No constant: the settings are those of the moment, and other tests of this JVM have other ones. */
    private static VmLauncher withoutStub() {
        return VmLauncher.create(
                Settings.of(name -> name.equals("unikernel.entryStub") ? Optional.of("off") : Optional.empty()));
    }

    @TempDir
    Path folder;

    private Path kernel;
    private VmSpec spec;

    @BeforeEach
    void makeKernel() throws IOException {
        kernel = StackHungryKernel.writeTo(folder.resolve("kernel.elf"));
        spec = VmSpec.builder()
                .kernel(kernel)
                .image(FixtureImage.builder().build().writeTo(folder.resolve("fixture.img")))
                .startupTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Test
    void aKernelThatUsesAStackBeforeItHasSetOneBoots() throws Exception {
        byte[] original = Files.readAllBytes(kernel);
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
        assertThat(kernel).hasBinaryContent(original);
    }

    @Test
    @Tag("kvm") // QEMU's firmware has a stack.
    void theEntryStubIsSaidInThePlan() {
        LaunchPlan plan = VmLauncher.create().plan(spec);
        assumeTrue(plan.entryStub(), plan.hypervisorName() + " enters guests with a stack");
        assertThat(plan.toString())
                .contains("\n  entry stub: a private copy of the kernel sets ESP before its PVH entry uses it")
                .contains("VM_FOLDER/kernel.elf");
    }

    @Test
    @Tag("kvm")
    void withoutTheEntryStubTheFailureNamesTheCause() {
        assumeTrue(VmLauncher.create().plan(spec).entryStub(), "this hypervisor enters guests with a stack");
        assertThat(withoutStub().plan(spec).entryStub()).isFalse();

        VmStartException.GuestCrashed failure = catchThrowableOfType(
                VmStartException.GuestCrashed.class, () -> withoutStub().start(spec));

        assertThat(failure)
                .isNotNull()
                .hasMessageStartingWith(
                        "VM 'vm' did not become ready: the guest used its stack before it had set one: it"
                                + " assumes a stack pointer at its PVH entry, which Cloud Hypervisor leaves at 0.\n")
                .hasMessageContaining("\n  Next: leave the setting unikernel.entryStub at auto");
    }

    @Test
    void kernelsThatSetTheirStackAreBootedAsTheyAre() {
        LaunchPlan plan = VmLauncher.create()
                .plan(Guests.fixture(FixtureImage.builder().build(), folder).build());
        assertThat(plan.entryStub()).isFalse();
        assertThat(plan.toString()).doesNotContain("entry stub");
    }
}
