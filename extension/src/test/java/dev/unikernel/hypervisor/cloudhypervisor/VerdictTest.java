package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.TestMachine;
import dev.unikernel.hypervisor.VmmEnd;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The logs in the resources are what Cloud Hypervisor 53.0 really wrote. */
class VerdictTest {

    @TempDir
    Path folder;

    private final Observations observations = new Observations(0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            kernel-missing    | 1 | the kernel /k/kernel.img does not exist (Cloud Hypervisor: Cannot open kernel file: No such file or directory (os error 2))
            kernel-forbidden  | 1 | this user may not read the kernel /k/kernel.img (Cloud Hypervisor: Cannot open kernel file: Permission denied (os error 13))
            kernel-notelf     | 1 | the kernel /k/kernel.img cannot be loaded: it is no ELF file or bzImage, or not complete, or does not fit into 256M of memory (Cloud Hypervisor: Cannot load the kernel into memory: Kernel Loader: failed to load bzImage kernel image: Kernel Loader: Invalid bzImage)
            kernel-dir        | 1 | the kernel /k/kernel.img cannot be loaded: it is no ELF file or bzImage, or not complete, or does not fit into 256M of memory (Cloud Hypervisor: Cannot load the kernel into memory: Kernel Loader: failed to load bzImage kernel image: Kernel Loader: Unable to read bzImage header)
            kernel-nopvh      | 1 | the kernel /k/kernel.img is an ELF file without a PVH entry (a note 'Xen' of type 18) (Cloud Hypervisor: Kernel lacks PVH header)
            initramfs-missing | 1 | the initramfs (none) cannot be opened (Cloud Hypervisor: Cannot open initramfs file: No such file or directory (os error 2))
            disk-missing      | 1 | a disk image does not exist (Cloud Hypervisor: Cannot open disk path: I/O error (path=nope.img op=open): No such file or directory (os error 2))
            disk-empty        | 1 | a disk image is shorter than one sector of 512 bytes (Cloud Hypervisor: Cannot open disk path: I/O error (op=detect_image_type): failed to fill whole buffer)
            disk-dir          | 1 | a disk image is a folder (Cloud Hypervisor: Cannot open disk path: I/O error (path=dir op=open): Is a directory (os error 21))
            disk-forbidden    | 1 | this user may not open a disk image (Cloud Hypervisor: Cannot open disk path: I/O error (path=priv.img op=open): Permission denied (os error 13))
            disk-locked       | 1 | a disk image is in use by another virtual machine (Cloud Hypervisor: Error locking disk images: Another instance likely holds a lock: Cannot lock images of all block devices: Failed to get Write lock for disk image: disk.img: The file is already locked)
            disk-qcow2-type   | 1 | a disk image is not a raw one (Cloud Hypervisor: Disk image type does not match expected type: specified = qcow2, detected = raw)
            tap-busy          | 1 | the tap uk0 is in use by another process (Cloud Hypervisor: Cannot create virtio-net device: Failed to open taps: Open tap device failed: Unable to configure tap interface: Device or resource busy (os error 16))
            tap-owner         | 1 | the tap uk0 belongs to another user, or does not exist and may not be created (Cloud Hypervisor: Cannot create virtio-net device: Failed to open taps: Open tap device failed: Unable to configure tap interface: Operation not permitted (os error 1))
            tap-down          | 1 | the tap uk0 is down, and this user may not set it up (Cloud Hypervisor: Cannot create virtio-net device: Failed to open taps: Enabling tap interface failed: Ioctl failed (35092): Operation not permitted (os error 1))
            tap-multiqueue    | 1 | the tap uk0 is a multi-queue one, and the guest's card has one queue (Cloud Hypervisor: Cannot create virtio-net device: Failed to open taps: Error related to the multiqueue support (no support device side))
            kvm-missing       | 1 | /dev/kvm does not exist (Cloud Hypervisor: Failed to open hypervisor interface (is hypervisor interface available?): Failed to create the hypervisor: no supported hypervisor)
            kvm-forbidden     | 1 | this user may not open /dev/kvm (Cloud Hypervisor: Failed to open hypervisor interface (is hypervisor interface available?): Failed to create Vm: Permission denied (os error 13))
            mem-0             | 1 | a guest cannot have 256M of memory (Cloud Hypervisor: Memory manager error: No memory zones found)
            mem-odd           | 1 | 256M is no whole number of pages (Cloud Hypervisor: Memory manager error: Memory size is misaligned with default page size or its hugepage size)
            mem-huge          | 1 | this machine has not 256M of memory to give (Cloud Hypervisor: Memory manager error: Error from region creation: Cannot allocate memory (os error 12))
            mem-tiny          | 1 | the guest does not fit into 256M of memory (Cloud Hypervisor: panic: Error writing RSDP: InvalidGuestAddress(GuestAddress(655360)): Failed to join on VMM thread: Any { .. })
            mem-bad           | 1 | Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: Error parsing config: Error parsing --memory: unable to convert 256MB for size)
            badopt            | 1 | Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: Error parsing config: Error parsing --disk: unknown option: colour)
            usage             | 2 | Cloud Hypervisor does not know an argument that it was given (Cloud Hypervisor: error: unexpected argument '--nonsense' found)
            usage-nokernel    | 2 | Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: error: the following required arguments were not provided:)
            sock-busy         | 1 | the API socket exists already (Cloud Hypervisor: Failed to start the VMM thread: API socket "other.sock" is already in use by another running instance)
            events-dir        | 1 | a file or socket cannot be created in the VM's folder (Cloud Hypervisor: Failed to start the VMM thread: Error creation API server's socket: No such file or directory (os error 2))
            """)
    void recordedRefusalIsExplained(String recording, int exitCode, String cause) throws Exception {
        VmmEnd end = verdictOnRecording(recording, exitCode);

        assertThat(end).isInstanceOf(VmmEnd.Refused.class);
        assertThat(end.cause()).isEqualTo(cause);
        assertThat(end.nextStep()).isNotBlank();
        assertThat(((VmmEnd.Refused) end).exitCode()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Error booting VM: VmBoot(KernelFile(Os { code: 2, kind: NotFound, message: "No such file or directory" })) | the kernel /k/kernel.img does not exist
            Error booting VM: VmBoot(KernelLoad(Elf(InvalidElfMagicNumber))) | the kernel /k/kernel.img cannot be loaded: it is no ELF file or bzImage, or not complete, or does not fit into 256M of memory
            Error booting VM: VmBoot(KernelLoad(Bzimage(InvalidBzImage))) | the kernel /k/kernel.img cannot be loaded: it is no ELF file or bzImage, or not complete, or does not fit into 256M of memory
            Error booting VM: VmBoot(KernelMissingPvhHeader) | the kernel /k/kernel.img is an ELF file without a PVH entry (a note 'Xen' of type 18)
            Error booting VM: VmBoot(DeviceManager(Disk(Os { code: 13, kind: PermissionDenied, message: "Permission denied" }))) | this user may not open a disk image
            Error booting VM: VmBoot(LockingError(DiskLockError(LockDiskImage))) | a disk image is in use by another virtual machine
            Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(ConfigureTap(Os { code: 16, kind: ResourceBusy }))))))) | the tap uk0 is in use by another process
            Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(ConfigureTap(Os { code: 1, kind: PermissionDenied }))))))) | the tap uk0 belongs to another user, or does not exist and may not be created
            Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapEnable(IoctlError(35092, Os { code: 1 }))))))) | the tap uk0 is down, and this user may not set it up
            Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(MultiQueueNoDeviceSupport)))) | the tap uk0 is a multi-queue one, and the guest's card has one queue
            Error booting VM: VmBoot(MemoryManager(MisalignedMemorySize)) | 256M is no whole number of pages
            Error parsing config: Error parsing --disk: unknown option: image_type | this Cloud Hypervisor does not know image_type, which is needed from 50.1 on
            Error booting VM: VmBoot(KernelLoad(Elf(ReadElfHeader))) | the kernel /k/kernel.img cannot be loaded: it is no ELF file or bzImage, or not complete, or does not fit into 256M of memory
            Error booting VM: VmBoot(MemoryManager(CreateUserMemoryRegion(CreateUserMemory(Invalid argument (os error 22))))) | this machine's KVM does not take 256M of memory
            Error booting VM: VmBoot(DeviceManager(SerialOutputFileOpen(Os { code: 2, kind: NotFound, message: "No such file or directory" }))) | a file or socket cannot be created in the VM's folder
            Error creating VM: VmCreate(CreateConsoleDevices(CreateConsoleDevice(Os { code: 2, kind: NotFound, message: "No such file or directory" }))) | a file or socket cannot be created in the VM's folder
            Error doing event monitor I/O: No such file or directory (os error 2) | a file or socket cannot be created in the VM's folder
            Failed to open hypervisor interface (is hypervisor interface available?): Incompatible API version | /dev/kvm is not the KVM of Linux (its API has not version 12)
            Failed to start the VMM thread: Error cloning EventFd: Too many open files (os error 24) | Cloud Hypervisor may not open as many files as it needs
            error: invalid value 'maybe' for '--seccomp <seccomp>' | Cloud Hypervisor does not accept its arguments
            Unrecognized argument: --nonsense | Cloud Hypervisor does not know an argument that it was given
            Error parsing option '--memory' with value 'size=2': duplicate values provided | Cloud Hypervisor does not accept its arguments
            thread 'vmm' panicked at 'called `Result::unwrap()` on an `Err` value: CheckExtensions(Capability missing: ImmediateExit)', vmm/src/vm.rs:1 | this machine's KVM lacks the capability ImmediateExit
            sh: 1: exec: /bin/cloud-hypervisor: not found | the binary cannot be executed
            """)
    void wordsOfOlderVersionsAreExplained(String words, String cause) throws IOException {
        VmmEnd end = verdictOn(words + "\n", OptionalInt.of(1)).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.Refused.class);
        assertThat(end.cause()).startsWith(cause + " (Cloud Hypervisor: ").contains(words);
    }

    @Test
    void unknownErrorIsQuoted() throws IOException {
        VmmEnd end = verdictOn("""
                        cloud-hypervisor:   0.01s: <main> INFO:src/main.rs:1 -- v60.0 starting
                        Error: Cloud Hypervisor exited with the following chain of errors:
                          0: Error booting VM
                          1: The flux capacitor is empty
                        """, OptionalInt.of(1)).orElseThrow();

        assertThat(end)
                .isEqualTo(new VmmEnd.Refused(
                        1,
                        "Cloud Hypervisor failed: The flux capacitor is empty",
                        "see the end of " + folder.resolve("vmm.log")));
    }

    @Test
    void silentErrorSaysSo() throws IOException {
        assertThat(verdictOn("", OptionalInt.of(1)).orElseThrow().cause())
                .isEqualTo("Cloud Hypervisor failed: nothing was said");
    }

    @Test
    void errorAfterTheBootIsNoRefusal() throws IOException {
        observations.add(new Event(1, "vm", "booted", ""), 1);

        assertThat(verdictOn("Error booting VM: VmBoot(Anything)\n", OptionalInt.of(1))
                        .orElseThrow())
                .isInstanceOf(VmmEnd.Exited.class);
    }

    @Test
    void runningGuestHasNoEnd() throws IOException {
        observations.add(new Event(1, "vm", "booted", ""), 1);

        assertThat(verdictOn("", OptionalInt.empty())).isEmpty();
    }

    @Test
    void vcpuErrorIsACrashThoughTheExitCodeIs0() throws Exception {
        observations.add(new Event(1, "vm", "booted", ""), 1);

        VmmEnd end = verdictOnRecording("guest-vcpu", 0);

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause())
                .isEqualTo("a virtual CPU failed: the guest did something that this machine's KVM cannot run"
                        + " (InternalError)");
    }

    @Test
    void vcpuErrorIsSeenBeforeTheProcessEnds() throws Exception {
        assertThat(new Verdict(new TestMachine().build(), observations, recording("guest-vcpu"))
                        .on(OptionalInt.empty()))
                .containsInstanceOf(VmmEnd.GuestCrashed.class);
    }

    @Test
    void stackAtAddress0IsNamed() throws IOException {
        String log = """
                cloud-hypervisor:   0.1s: <vcpu0> WARN:vmm/src/vm.rs:500 -- Guest MMIO write to unregistered address 0xfffffffc
                cloud-hypervisor:   0.1s: <vcpu0> ERROR:vmm/src/cpu.rs:1 -- VCPU generated error: VcpuRun(Unexpected exit reason on vcpu run: InternalError)
                """;

        VmmEnd end = verdictOn(log, OptionalInt.of(0)).orElseThrow();

        assertThat(end.cause())
                .isEqualTo(
                        "the guest used its stack before it had set one: it assumes a stack pointer at its PVH entry,"
                                + " which Cloud Hypervisor leaves at 0");
        assertThat(end.nextStep()).startsWith("leave the setting unikernel.entryStub at auto");
    }

    @Test
    void tripleFaultIsNamed() throws Exception {
        observations.add(new Event(1, "vm", "rebooting", ""), 1);

        VmmEnd end = new Verdict(new TestMachine().build(), observations, recording("guest-triplefault"))
                .on(OptionalInt.empty())
                .orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause())
                .isEqualTo("the guest crashed (triple fault); Cloud Hypervisor resets it and it boots again");
    }

    @Test
    void resetWithoutAFaultIsNotCalledOne() throws Exception {
        observations.add(new Event(1, "vm", "rebooting", ""), 1);

        VmmEnd end = new Verdict(new TestMachine().build(), observations, recording("guest-reset"))
                .on(OptionalInt.empty())
                .orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause()).isEqualTo("the guest was reset and boots again");
    }

    @Test
    void powerOffIsSaidOnlyIfItWasSeen() throws Exception {
        observations.add(new Event(1, "vm", "booted", ""), 1);

        assertThat(verdictOnRecording("guest-poweroff", 0).cause()).isEqualTo("the guest powered off");
        assertThat(verdictOnRecording("sigterm", 0).cause())
                .isEqualTo("Cloud Hypervisor ended without an error while the guest ran");
    }

    @ParameterizedTest
    @CsvSource({
        "137, Cloud Hypervisor was killed by signal 9",
        "139, Cloud Hypervisor was killed by signal 11",
    })
    void signalIsNamed(int exitCode, String cause) throws IOException {
        VmmEnd end = verdictOn("", OptionalInt.of(exitCode)).orElseThrow();

        assertThat(end).isInstanceOfSatisfying(VmmEnd.Killed.class, killed -> assertThat(killed.signal())
                .isEqualTo(exitCode - 128));
        assertThat(end.cause()).isEqualTo(cause);
    }

    @Test
    void seccompViolationIsNamed() throws IOException {
        assertThat(verdictOn("\n==== Possible seccomp violation ====\n", OptionalInt.of(159))
                        .orElseThrow()
                        .cause())
                .contains("seccomp");
    }

    /** Up to v45 the backtrace of a panic breaks the filter: the panic is what happened. */
    @Test
    void panicThatWasKilledByTheFilterIsThePanic() throws IOException {
        VmmEnd end = verdictOn("""
                        thread 'vmm' (31353) panicked at vmm/src/acpi.rs:648:10:
                        Error writing DSDT table: InvalidGuestAddress(GuestAddress(655396))

                        ==== Possible seccomp violation ====
                        Try running with `strace -ff` to identify the cause and open an issue: https://github.com/cloud-hypervisor/cloud-hypervisor/issues/new

                        """, OptionalInt.of(159)).orElseThrow();

        assertThat(end)
                .isEqualTo(new VmmEnd.Refused(
                        159,
                        "the guest does not fit into 256M of memory (Cloud Hypervisor: panic: Error writing DSDT table:"
                                + " InvalidGuestAddress(GuestAddress(655396)))",
                        "give it more memory (annotation's memory), and check that the kernel is complete"));
    }

    @Test
    void backtraceIsNoPartOfWhatWasSaid() throws IOException {
        VmmEnd end = verdictOn("""
                        Error booting VM: VmBoot(MemoryManager(CreateUserMemoryRegion(CreateUserMemory(Invalid argument (os error 22)

                        Stack backtrace:
                           0: <unknown>
                          11: start_thread
                                     at ./nptl/pthread_create.c:442:8))))
                        """, OptionalInt.of(1)).orElseThrow();

        assertThat(end.cause())
                .isEqualTo("this machine's KVM does not take 256M of memory (Cloud Hypervisor: Error booting VM:"
                        + " VmBoot(MemoryManager(CreateUserMemoryRegion(CreateUserMemory(Invalid argument (os error"
                        + " 22))");
    }

    @Test
    void manualOfTheOldArgumentParserIsNotQuoted() throws IOException {
        assertThat(verdictOn("""
                        Unrecognized argument: --nonsense

                        Run cloud-hypervisor-v32.1 --help for more information.
                        """, OptionalInt.of(1)).orElseThrow().cause())
                .isEqualTo("Cloud Hypervisor does not know an argument that it was given (Cloud Hypervisor:"
                        + " Unrecognized argument: --nonsense)");
    }

    private VmmEnd verdictOnRecording(String name, int exitCode) throws URISyntaxException {
        return new Verdict(new TestMachine().build(), observations, recording(name))
                .on(OptionalInt.of(exitCode))
                .orElseThrow();
    }

    private Optional<VmmEnd> verdictOn(String log, OptionalInt exitCode) throws IOException {
        Path file = folder.resolve("vmm.log");
        Files.writeString(file, log);
        return new Verdict(new TestMachine().build(), observations, new LogFile(file)).on(exitCode);
    }

    private static LogFile recording(String name) throws URISyntaxException {
        return new LogFile(Path.of(Objects.requireNonNull(VerdictTest.class.getResource(name + ".log"), name)
                .toURI()));
    }
}
