package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmControlException;
import dev.unikernel.vm.VmExit;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nanos as it is, where somebody names one: it boots, and each way in which its program ends is told. */
@GuestTest
@NeedsNanos
@LeavesNothing
class NanosIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void bootsAndAnswers() throws Exception {
        byte[] kernel = Files.readAllBytes(NeedsNanos.Found.kernel());
        try (Vm vm = VmLauncher.create().start(spec(image()))) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
        assertThat(NeedsNanos.Found.kernel()).hasBinaryContent(kernel);
    }

    @Test
    void bootsTheKernelInTheImage() throws Exception {
        byte[] original = Files.readAllBytes(image());
        VmSpec spec = VmSpec.builder()
                .image(image())
                .startupTimeout(Duration.ofSeconds(40))
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
            assertThat(vm.plan().toString()).contains("\n  kernel:     in the image (ELF, PVH entry 0x");
        }
        assertThat(image()).hasBinaryContent(original);
    }

    @Test
    void theKernelInTheImageIsNotDoubted() {
        assertThat(VmLauncher.create().plan(spec(image())).toString()).doesNotContain("doubt");
    }

    @Test
    void anotherKernelThanTheImagesIsBootedWithADoubt() throws Exception {
        byte[] kernel = Files.readAllBytes(NeedsNanos.Found.kernel());
        Path other = Files.write(folder.resolve("kernel.img"), Arrays.copyOf(kernel, kernel.length + 1));
        VmSpec spec = VmSpec.builder()
                .kernel(other)
                .image(image())
                .startupTimeout(Duration.ofSeconds(40))
                .build();

        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
            assertThat(vm.plan().toString())
                    .contains("\n  doubt:      the kernel " + other + " is not the one in the image " + image());
        }
    }

    @Test
    void aTruncatedImageIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(image());
        Path image = Files.write(folder.resolve("truncated.img"), Arrays.copyOf(whole, whole.length / 2 & -512));

        assertThat(failure(VmStartException.BadInput.class, image))
                .hasMessageStartingWith("VM 'vm' cannot be started: The image " + image + " is truncated: it has "
                        + Files.size(image) + " bytes, but its partition ");
    }

    @Test
    void aDiskWithoutARootForItIsRefused() throws IOException {
        Path image = Files.write(folder.resolve("blank.img"), new byte[1 << 20]);

        assertThat(failure(VmStartException.BadInput.class, image))
                .hasMessageContaining(" is Nanos, but the image " + image + " is none of Nanos");
    }

    @Test
    @Tag("kvm") // QEMU's firmware has a stack.
    void withoutTheEntryStubTheFailureNamesTheCause() {
        assumeTrue(VmLauncher.create().plan(spec(image())).entryStub(), "this Nanos or hypervisor needs no entry stub");
        VmLauncher withoutStub = VmLauncher.create(
                Settings.of(name -> name.equals("unikernel.entryStub") ? Optional.of("off") : Optional.empty()));

        VmStartException.GuestCrashed failure =
                catchThrowableOfType(VmStartException.GuestCrashed.class, () -> withoutStub.start(spec(image())));

        assertThat(failure)
                .isNotNull()
                .hasMessageStartingWith(
                        "VM 'vm' did not become ready: the guest used its stack before it had set one: it"
                                + " assumes a stack pointer at its PVH entry, which Cloud Hypervisor leaves at 0.\n");
    }

    @Test
    void anExitCodeIsTold() throws IOException {
        // mov edi, 7; mov eax, 231 (exit_group); syscall
        Path image = NanosPrograms.beginningWith("bf07000000 b8e7000000 0f05", image(), folder.resolve("exit.img"));

        assertThat(failure(VmStartException.ExitedEarly.class, image))
                .hasMessageStartingWith("VM 'vm' did not become ready: the guest's program ended with exit code 7.\n")
                .hasMessageContaining("\n  record:   exit code 7, on the guest's disk");
    }

    @Test
    void anExitWithCode0IsSeen() throws IOException {
        // xor edi, edi; mov eax, 231 (exit_group); syscall
        Path image = NanosPrograms.beginningWith("31ff b8e7000000 0f05", image(), folder.resolve("exit.img"));

        assertThat(failure(VmStartException.ExitedEarly.class, image)).hasMessageNotContaining("record:");
    }

    @Test
    void aFatalSignalIsTold() throws IOException {
        // ud2
        Path image = NanosPrograms.beginningWith("0f0b", image(), folder.resolve("signal.img"));

        assertThat(failure(VmStartException.GuestCrashed.class, image))
                .hasMessageStartingWith(
                        "VM 'vm' did not become ready: the guest's program was killed by signal 4 (SIGILL).\n");
    }

    @Test
    void theExitCodeOfAProgramThatServedIsTold() throws Exception {
        Vm vm = serving();
        try (vm) {
            endBy("/7", vm);

            VmExit exit = vm.awaitExit(SOON).orElseThrow();
            assertThat(exit).isInstanceOf(VmExit.PoweredOff.class);
            assertThat(exit.exitCode()).hasValue(7);
            assertThat(exit.cause()).isEqualTo("the guest's program ended with exit code 7");
            assertThat(exit.lastOutput()).contains("about to exit");
            assertThat(vm.isRunning()).isFalse();
            assertThat(vm.powerOff()).contains(exit);
            assertThatThrownBy(vm::pause)
                    .isInstanceOf(VmControlException.class)
                    .hasMessageContaining("because it has ended: the guest's program ended with exit code 7.");
        }
        assertThat(vm.exit().orElseThrow().exitCode()).hasValue(7);
    }

    @Test
    void anExitCodeOf0OfAProgramThatServedIsTold() throws Exception {
        try (Vm vm = serving()) {
            endBy("/0", vm);

            assertThat(vm.awaitExit(SOON).orElseThrow()).isInstanceOf(VmExit.PoweredOff.class);
            assertThat(vm.exit().orElseThrow().exitCode()).hasValue(0);
        }
    }

    @Test
    void theSignalThatEndedAProgramThatServedIsTold() throws Exception {
        Vm vm = serving();
        try (vm) {
            endBy("/s", vm);

            assertThat(vm.awaitExit(SOON).orElseThrow())
                    .isInstanceOfSatisfying(VmExit.Crashed.class, crash -> assertThat(crash.signal())
                            .hasValue(11));
            assertThat(vm.isRunning()).isFalse();
        }
        assertThat(vm.exit().orElseThrow().cause()).isEqualTo("the guest's program was killed by signal 11 (SIGSEGV)");
    }

    @Test
    void thePowerButtonEndsTheProgram() throws Exception {
        try (Vm vm = serving()) {
            VmExit exit = vm.powerOff(SOON).orElseThrow();

            assertThat(exit).isInstanceOf(VmExit.PoweredOff.class);
            assertThat(exit.cause())
                    .isEqualTo("the guest's program was ended by SIGTERM, which Nanos sends it at the power button");
            assertThat(vm.isRunning()).isFalse();
        }
    }

    @Test
    void aProgramThatIsKilledWithItsVmDidNotEndByItself() throws Exception {
        try (Vm vm = serving()) {
            vm.kill();

            assertThat(vm.exit()).containsInstanceOf(VmExit.Killed.class);
        }
    }

    @Test
    void aProgramThatCannotBeStartedIsTold() throws IOException {
        Path image = NanosPrograms.withoutInterpreter(image(), folder.resolve("broken.img"));

        assertThat(failure(VmStartException.GuestCrashed.class, image))
                .hasMessageStartingWith(
                        "VM 'vm' did not become ready: Nanos could not start the program: 'program startup failed ");
    }

    @Test
    void aRecordOfAnEarlierBootIsNotThisOnes() throws Exception {
        byte[] disk = Files.readAllBytes(image());
        byte[] record = {'K', 'L', 'O', 'G', 0, 0, 0, 0, 0, 0, 0, 0, 9};
        System.arraycopy(record, 0, disk, firstPartition(disk) - 4096, record.length);

        try (Vm vm = VmLauncher.create().start(spec(Files.write(folder.resolve("used.img"), disk)))) {
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
    }

    private Vm serving() throws IOException {
        Path image = NanosPrograms.serving(image(), folder.resolve("serving.img"));
        return VmLauncher.create().start(spec(image));
    }

    private static void endBy(String path, Vm vm) throws InterruptedException {
        try {
            Http.get(vm.uri(path));
        } catch (IOException e) {
            // It may end before its answer has left it.
        }
    }

    private static Path image() {
        return NeedsNanos.Found.image();
    }

    private static int firstPartition(byte[] disk) {
        return ((disk[0x1c6] & 0xff) | (disk[0x1c7] & 0xff) << 8) * 512;
    }

    private static <E extends VmStartException> E failure(Class<E> kind, Path image) {
        long startedAt = System.nanoTime();
        E failure = catchThrowableOfType(kind, () -> VmLauncher.create().start(spec(image)));
        assertThat(failure).as("the start fails").isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .as("the wait ends before its time is up")
                .isLessThan(VmLauncher.create().plan(spec(image())).timeout().dividedBy(2));
        return failure;
    }

    private static VmSpec spec(Path image) {
        return VmSpec.builder()
                .kernel(NeedsNanos.Found.kernel())
                .image(image)
                .startupTimeout(Duration.ofSeconds(40))
                .build();
    }
}
