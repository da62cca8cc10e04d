package dev.unikernel.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.TestMachine;
import dev.unikernel.hypervisor.VmmEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The logs in the resources and the events are what QEMU 7.2 really wrote, but for an error of KVM. */
class VerdictTest {

    private static final String RESUME =
            "{\"timestamp\": {\"seconds\": 1795499083, \"microseconds\": 116559}, \"event\": \"RESUME\"}";

    @TempDir
    Path folder;

    private final Observations observations = new Observations(0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            kernel-missing | 1   | the kernel /k/kernel.img cannot be loaded: No such file or directory (QEMU: could not open kernel file 'nope': No such file or directory)
            kernel-dir     | 1   | the kernel /k/kernel.img cannot be loaded: Is a directory (QEMU: could not load kernel 'dir': Is a directory)
            kernel-text    | 1   | the kernel /k/kernel.img is neither an ELF file that can be loaded nor a bzImage (QEMU: invalid kernel header)
            kernel-trunc   | 1   | the kernel /k/kernel.img is neither an ELF file that can be loaded nor a bzImage (QEMU: Error while loading elf kernel)
            kernel-nopvh   | 1   | the kernel /k/kernel.img is an ELF file without a PVH entry (a note 'Xen' of type 18) (QEMU: Error loading uncompressed kernel without PVH ELF Note)
            initrd-missing | 1   | the initramfs (none) cannot be loaded (QEMU: error reading initrd nope: Failed to open file “nope”: open() failed: No such file or directory)
            disk-missing   | 1   | the disk image nope.img cannot be opened (QEMU: -drive file=nope.img,format=raw,if=none,id=disk0: Could not open 'nope.img': No such file or directory)
            disk-dir       | 1   | the disk image dir cannot be opened (QEMU: -drive file=dir,format=raw,if=none,id=disk0: 'file' driver requires 'dir' to be a regular file)
            disk-locked    | 1   | a disk image is in use by another virtual machine (QEMU: -device virtio-blk-pci,drive=disk0: Failed to get "write" lock: Is another process using the image [disk.img]?)
            mem-huge       | 1   | this machine has not 256M of memory to give (QEMU: cannot set up guest memory 'pc.ram': Cannot allocate memory)
            cpusmany       | 1   | QEMU cannot give a guest 1 CPUs (QEMU: Invalid SMP CPUs 500. The max CPUs supported by machine 'pc-q35-7.2' is 288)
            usage          | 1   | QEMU does not know the option --nonsense (QEMU: --nonsense: invalid option)
            qboot-missing  | 1   | QEMU's firmware nope.rom is missing (QEMU: could not load PC BIOS 'nope.rom')
            fwd-busy       | 1   | the address 127.77.3.4:8080 of this machine is in use, so that nothing can be forwarded from it (QEMU: -netdev user,id=net0,hostfwd=tcp:127.77.3.4:8080-:8080: Could not set up host forwarding rule 'tcp:127.77.3.4:8080-:8080')
            kvm            | 134 | this machine's KVM cannot run QEMU's guests (QEMU: error: failed to set MSR 0x10a to 0x69: ../../target/i386/kvm/kvm.c:3183: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.)
            """)
    void recordedRefusalIsExplained(String recording, int exitCode, String cause) throws Exception {
        LogFile log =
                new LogFile(Path.of(Objects.requireNonNull(VerdictTest.class.getResource(recording + ".log"), recording)
                        .toURI()));

        VmmEnd end = verdict(log, OptionalInt.of(exitCode)).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.Refused.class);
        assertThat(end.cause()).isEqualTo(cause);
        assertThat(end.nextStep()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Device or resource busy | the tap uk0 is in use by another process
            Operation not permitted | the tap uk0 belongs to another user, or does not exist and may not be created
            Invalid argument        | the tap uk0 was made with other flags than QEMU asks for
            """)
    void troubleWithTheTapIsExplained(String reason, String cause) throws IOException {
        String said = "-netdev tap,id=net0,ifname=uk0,script=no,downscript=no: could not configure /dev/net/tun (uk0): "
                + reason;

        assertThat(verdictOn("qemu-system-x86_64: " + said + "\n", OptionalInt.of(1))
                        .orElseThrow()
                        .cause())
                .isEqualTo(cause + " (QEMU: " + said + ")");
    }

    @Test
    void unknownErrorIsQuoted() throws IOException {
        assertThat(verdictOn("qemu-system-x86_64: the flux capacitor is empty\n", OptionalInt.of(1)))
                .contains(new VmmEnd.Refused(
                        1, "QEMU failed: the flux capacitor is empty", "see " + folder.resolve("vmm.log")));
    }

    @Test
    void runningGuestHasNoEnd() throws IOException {
        see(RESUME);

        assertThat(verdictOn("", OptionalInt.empty())).isEmpty();
        assertThat(observations.resumedAt()).hasValue(1795499083_116559_000L);
    }

    @Test
    void powerOffIsNoCrash() throws IOException {
        see(RESUME, shutdown(true, "guest-shutdown"));

        VmmEnd end = verdictOn("", OptionalInt.of(0)).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.PoweredOff.class);
        assertThat(end.cause()).isEqualTo("the guest powered off");
    }

    @Test
    void tripleFaultIsACrashThoughTheExitCodeIs0() throws IOException {
        see(RESUME, shutdown(true, "guest-reset"));
        Files.writeString(folder.resolve("resets.log"), "CPU Reset (CPU 0)\nEAX=00000000\nTriple fault\n");

        VmmEnd end = verdictOn("", OptionalInt.of(0)).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause()).isEqualTo("the guest crashed (triple fault)");
    }

    @Test
    void resetIsSeenBeforeTheProcessEnds() throws IOException {
        see(RESUME, shutdown(true, "guest-reset"));
        Files.writeString(folder.resolve("resets.log"), "CPU Reset (CPU 0)\n");

        VmmEnd end = verdictOn("", OptionalInt.empty()).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause()).isEqualTo("the guest was reset, by itself or by a triple fault");
    }

    @Test
    void signalFromOutsideIsNoPowerOff() throws IOException {
        see(RESUME, shutdown(false, "host-signal"));

        VmmEnd end = verdictOn("qemu-system-x86_64: terminating on signal 15 from pid 17 (sh)\n", OptionalInt.of(0))
                .orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.Exited.class);
        assertThat(end.cause()).isEqualTo("QEMU was stopped by a signal (terminating on signal 15 from pid 17 (sh))");
    }

    @Test
    void deathWithoutAnEventIsNamedByItsSignal() throws IOException {
        see(RESUME);

        VmmEnd end = verdictOn("", OptionalInt.of(137)).orElseThrow();

        assertThat(end).isInstanceOfSatisfying(VmmEnd.Killed.class, killed -> assertThat(killed.signal())
                .isEqualTo(9));
        assertThat(end.cause()).isEqualTo("QEMU was killed by signal 9 (nothing was said)");
    }

    @Test
    void errorOfKvmIsACrashThoughTheProcessStays() throws IOException {
        see(RESUME, "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}");

        VmmEnd end = verdictOn("KVM internal error. Suberror: 1\nemulation failure\nEAX=0\n", OptionalInt.empty())
                .orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause()).contains("KVM internal error. Suberror: 1: emulation failure");
    }

    @Test
    void fullDiskIsNamed() throws IOException {
        see(
                RESUME,
                "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"BLOCK_IO_ERROR\", \"data\":"
                        + " {\"operation\": \"write\", \"action\": \"stop\", \"reason\": \"No space left on device\"}}",
                "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}");

        assertThat(verdictOn("", OptionalInt.empty()).orElseThrow().cause())
                .isEqualTo("QEMU stopped the guest because of an error of its disk (write: No space left on device)");
    }

    @Test
    void guestThatWasResumedRuns() throws IOException {
        see(RESUME, "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}", RESUME);

        assertThat(verdictOn("", OptionalInt.empty())).isEmpty();
    }

    @Test
    void guestThatWasPausedOnRequestRuns() throws IOException {
        observations.expectStop(true);
        see(RESUME, "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}");
        assertThat(verdictOn("", OptionalInt.empty())).isEmpty();

        see(RESUME);
        observations.expectStop(false);
        see("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}");
        assertThat(verdictOn("", OptionalInt.empty())).containsInstanceOf(VmmEnd.GuestCrashed.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}
            {"return": {}}
            {"event": "STOP"}
            nonsense
            """)
    void linesThatAreNoEventsAreNone(String line) {
        assertThat(Event.parse(line)).isEmpty();
    }

    private void see(String... lines) {
        for (String line : lines) {
            observations.add(Event.parse(line).orElseThrow());
        }
    }

    private static String shutdown(boolean byGuest, String reason) {
        return "{\"timestamp\": {\"seconds\": 1795499083, \"microseconds\": 124086}, \"event\": \"SHUTDOWN\","
                + " \"data\": {\"guest\": " + byGuest + ", \"reason\": \"" + reason + "\"}}";
    }

    private Optional<VmmEnd> verdictOn(String log, OptionalInt exitCode) throws IOException {
        return verdict(new LogFile(Files.writeString(folder.resolve("vmm.log"), log)), exitCode);
    }

    private Optional<VmmEnd> verdict(LogFile log, OptionalInt exitCode) {
        return new Verdict(new TestMachine().build(), observations, log, new LogFile(folder.resolve("resets.log")))
                .on(exitCode);
    }
}
