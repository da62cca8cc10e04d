package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.hypervisor.Version;
import dev.unikernel.it.CloudHypervisors.Found;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each Cloud Hypervisor of this machine refuses, and what the user is then told: the whole message. Most of this our
 * own checks find before, see {@link BadInputIT}; here they are passed, and what they looked at is spoilt after.
 *
 * <p>Cloud Hypervisor says one thing from 52 on, sometimes another from 47 on, and prints the error for Rust's eyes below.
 */
@Tag("refusal")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class RefusalsIT {

    private static final String MESSAGE = """
            VmmRefused: VM 'vm' did not become ready: WHAT
              awaited:  any HTTP status on / on port 8080, at most 30s
              reached:  spawned at N ms  (spawned N ms)
              DHCP:     no message was seen
              VMM:      Cloud Hypervisor VERSION, tap TAP, SUBNET
              command:  VMM -v --cpus boot=1 --memory size=256M --console off --serial tty --kernel KERNEL --disk \
            path=FOLDER/disk0.raw,id=disk0 --net tap=TAP,mac=MAC,id=net0 --event-monitor path=FOLDER/events.json \
            --api-socket FOLDER/api.sockMORE
              logs:     LOGS/serial.log
                        LOGS/vmm.log
              serial:   the guest wrote nothing
              Next: NEXT""";

    private static final String NOT_FOUND = "Os { code: 2, kind: NotFound, message: \"No such file or directory\" }";
    private static final String FORBIDDEN = "Os { code: 13, kind: PermissionDenied, message: \"Permission denied\" }";
    private static final String NOT_PERMITTED =
            "Os { code: 1, kind: PermissionDenied, message: \"Operation not permitted\" }";

    @TempDir
    Path folder;

    // KVM.

    @EachCloudHypervisor
    void kvmThatIsNotThere(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("with_devices null urandom net/tun"),
                Words.of(
                        "Failed to open hypervisor interface (is hypervisor interface available?): Failed to create the hypervisor: no supported hypervisor"),
                """
                /dev/kvm does not exist (Cloud Hypervisor: SAID).
                Next: load KVM (modprobe kvm_intel or kvm_amd; in a container add --device /dev/kvm; in a virtual machine switch nested virtualisation on), or set unikernel.hypervisor=qemu""");
    }

    @EachCloudHypervisor
    void kvmThatMayNotBeOpened(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("""
                        as_plain_user
                        touch "$folder/forbidden" && chmod 0 "$folder/forbidden"
                        mounts="mount --bind '$folder/forbidden' /dev/kvm"
                        """),
                Words.of(
                        "Failed to open hypervisor interface (is hypervisor interface available?): Failed to create Vm: Permission denied (os error 13)"),
                """
                this user may not open /dev/kvm (Cloud Hypervisor: SAID).
                Next: add the user to the group of /dev/kvm (sudo usermod -aG kvm $USER, then log in again)""");
    }

    @EachCloudHypervisor
    void kvmThatIsNone(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("mounts='mount --bind /dev/null /dev/kvm'"),
                Words.of(
                        "Failed to open hypervisor interface (is hypervisor interface available?): Incompatible API version"),
                """
                /dev/kvm is not the KVM of Linux (its API has not version 12) (Cloud Hypervisor: SAID).
                Next: look at what is mounted at /dev/kvm (ls -l /dev/kvm shows 10, 232), or set unikernel.hypervisor=qemu""");
    }

    // The kernel.

    @EachCloudHypervisor
    void kernelThatHasGone(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("rm \"$kernel\""),
                Words.of("Cannot open kernel file: No such file or directory (os error 2)")
                        .below(47, "Error booting VM: VmBoot(KernelFile(" + NOT_FOUND + "))"),
                """
                the kernel KERNEL does not exist (Cloud Hypervisor: SAID).
                Next: check the annotation's kernel""");
    }

    @EachCloudHypervisor
    void kernelThatMayNotBeRead(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("chmod 0 \"$kernel\"; as_plain_user"),
                Words.of("Cannot open kernel file: Permission denied (os error 13)")
                        .below(47, "Error booting VM: VmBoot(KernelFile(" + FORBIDDEN + "))"),
                """
                this user may not read the kernel KERNEL (Cloud Hypervisor: SAID).
                Next: check the permissions of the file and of the folders above it""");
    }

    @EachCloudHypervisor
    void kernelThatIsNone(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("echo text >\"$kernel\""),
                Words.of(
                                "Cannot load the kernel into memory: Kernel Loader: failed to load bzImage kernel image: Kernel Loader: Invalid bzImage")
                        .below(47, "Error booting VM: VmBoot(KernelLoad(Bzimage(InvalidBzImage)))")
                        .below(39, "Error booting VM: VmBoot(KernelLoad(Elf(ReadElfHeader)))"),
                """
                the kernel KERNEL cannot be loaded: it is no ELF file or bzImage, or not complete, or does not fit into 256M of memory (Cloud Hypervisor: SAID).
                Next: look at it with 'file KERNEL' (before version 39 Cloud Hypervisor takes no bzImage), and give a large one more memory (annotation's memory)""");
    }

    @EachCloudHypervisor
    void kernelWithoutPvhNote(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("sed -i s/Xen/Xon/ \"$kernel\""),
                Words.of("Kernel lacks PVH header").below(47, "Error booting VM: VmBoot(KernelMissingPvhHeader)"),
                """
                the kernel KERNEL is an ELF file without a PVH entry (a note 'Xen' of type 18) (Cloud Hypervisor: SAID).
                Next: build the kernel with PVH (Linux: CONFIG_PVH=y); unikernels made for multiboot do not run here""");
    }

    // Disks.

    @EachCloudHypervisor
    void diskThatHasGone(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("rm \"$disk\""),
                Words.of(
                                "Cannot open disk path: I/O error (path=FOLDER/disk0.raw op=open): No such file or directory (os error 2)")
                        .below(52, "Cannot open disk path: No such file or directory (os error 2)")
                        .below(47, "Error booting VM: VmBoot(DeviceManager(Disk(" + NOT_FOUND + ")))"),
                """
                a disk image does not exist (Cloud Hypervisor: SAID).
                Next: check the annotation's image and extraDisks""");
    }

    @EachCloudHypervisor
    void diskThatMayNotBeOpened(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("chmod 0 \"$disk\"; as_plain_user"),
                Words.of(
                                "Cannot open disk path: I/O error (path=FOLDER/disk0.raw op=open): Permission denied (os error 13)")
                        .below(52, "Cannot open disk path: Permission denied (os error 13)")
                        .below(47, "Error booting VM: VmBoot(DeviceManager(Disk(" + FORBIDDEN + ")))"),
                """
                this user may not open a disk image (Cloud Hypervisor: SAID).
                Next: check the permissions of the file and of the folders above it""");
    }

    @EachCloudHypervisor
    void diskThatIsAFolder(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("rm \"$disk\"; mkdir \"$disk\""),
                Words.of(
                                "Cannot open disk path: I/O error (path=FOLDER/disk0.raw op=open): Is a directory (os error 21)")
                        .below(52, "Cannot open disk path: Is a directory (os error 21)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(Disk(Os { code: 21, kind: IsADirectory, message: \"Is a directory\" })))"),
                """
                a disk image is a folder (Cloud Hypervisor: SAID).
                Next: check the annotation's image and extraDisks""");
    }

    @EachCloudHypervisor
    void diskThatIsEmpty(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by(": >\"$disk\""),
                Words.of("Cannot open disk path: I/O error (op=detect_image_type): failed to fill whole buffer")
                        .below(52, "Failed to parse disk image format: failed to fill whole buffer")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(DetectImageType(Error { kind: UnexpectedEof, message: \"failed to fill whole buffer\" })))"),
                """
                a disk image is shorter than one sector of 512 bytes (Cloud Hypervisor: SAID).
                Next: check the annotation's image: was it built completely?""");
    }

    @EachCloudHypervisor
    void diskThatIsInUse(Found vmm) throws IOException {
        assumeTrue(vmm.version().isAtLeast(new Version(46, 0)), "before 46 Cloud Hypervisor locks no disk");
        refused(
                vmm,
                start -> start.by("beside --disk \"path=$disk\""),
                Words.of(
                        "Error locking disk images: Another instance likely holds a lock: Cannot lock images of all block devices: Failed to get Write lock for disk image: FOLDER/disk0.raw: The file is already locked"),
                """
                a disk image is in use by another virtual machine (Cloud Hypervisor: SAID).
                Next: end that one (lsof FILE shows it); two machines can share an image only read-only""");
    }

    // The tap.

    @EachCloudHypervisor
    void tapThatIsInUse(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("beside --net \"tap=$tap\""),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Open tap device failed: Unable to configure tap interface: Device or resource busy (os error 16)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(ConfigureTap(Os { code: 16, kind: ResourceBusy, message: \"Device or resource busy\" }))))))"),
                """
                the tap TAP is in use by another process (Cloud Hypervisor: SAID).
                Next: end that process; each virtual machine needs a tap of its own""");
    }

    @EachCloudHypervisor
    void tapOfAnotherUser(Found vmm) throws IOException {
        PlainUser.assumePossible(); // so that there is another user
        refused(
                vmm,
                start -> start.by("""
                        ip link delete "$tap"
                        ip tuntap add dev "$tap" mode tap user 12345
                        as_plain_user
                        """),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Open tap device failed: Unable to configure tap interface: Operation not permitted (os error 1)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(ConfigureTap("
                                        + NOT_PERMITTED + "))))))"),
                """
                the tap TAP belongs to another user, or does not exist and may not be created (Cloud Hypervisor: SAID).
                Next: make it for this user: sudo ip tuntap add dev TAP mode tap user $USER""");
    }

    @EachCloudHypervisor
    void tapThatCannotBeMade(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("ip link delete \"$tap\"; as_plain_user"),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Open tap device failed: Unable to configure tap interface: Operation not permitted (os error 1)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(ConfigureTap("
                                        + NOT_PERMITTED + "))))))"),
                """
                the tap TAP belongs to another user, or does not exist and may not be created (Cloud Hypervisor: SAID).
                Next: make it for this user: sudo ip tuntap add dev TAP mode tap user $USER""");
    }

    @EachCloudHypervisor
    void tapThatIsDown(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("ip link set \"$tap\" down; as_plain_user"),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Enabling tap interface failed: Ioctl failed (35092): Operation not permitted (os error 1)")
                        .below(
                                52,
                                "Cannot create virtio-net device: Failed to open taps: Enabling tap interface failed: ioctl (35092) failed: Operation not permitted (os error 1)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapEnable(IoctlError(35092, "
                                        + NOT_PERMITTED + "))))))"),
                """
                the tap TAP is down, and this user may not set it up (Cloud Hypervisor: SAID).
                Next: sudo ip link set TAP up""");
    }

    @EachCloudHypervisor
    void tapWhoseMtuMayNotBeSet(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("vmm=(\"${vmm[@]/id=net0/id=net0,mtu=1400}\"); as_plain_user"),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Setting MTU failed: Ioctl failed (35106): Operation not permitted (os error 1)")
                        .below(
                                52,
                                "Cannot create virtio-net device: Failed to open taps: Setting MTU failed: ioctl (35106) failed: Operation not permitted (os error 1)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapSetMtu(IoctlError(35106, "
                                        + NOT_PERMITTED + "))))))"),
                """
                this user may not change the tap TAP (Cloud Hypervisor: SAID).
                Next: run the tests with CAP_NET_ADMIN, or find out who asks for that change (mtu, host_mac): we do not""");
    }

    @EachCloudHypervisor
    void tapWhoseHardwareAddressMayNotBeSet(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("vmm=(\"${vmm[@]/id=net0/id=net0,host_mac=02:00:00:00:00:99}\"); as_plain_user"),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Setting MAC address failed: Ioctl failed (35108): Operation not permitted (os error 1)")
                        .below(
                                52,
                                "Cannot create virtio-net device: Failed to open taps: Setting MAC address failed: ioctl (35108) failed: Operation not permitted (os error 1)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapSetMac(IoctlError(35108, "
                                        + NOT_PERMITTED + "))))))"),
                """
                this user may not change the tap TAP (Cloud Hypervisor: SAID).
                Next: run the tests with CAP_NET_ADMIN, or find out who asks for that change (mtu, host_mac): we do not""");
    }

    @EachCloudHypervisor
    void tapWithSeveralQueues(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("ip link delete \"$tap\"; ip tuntap add dev \"$tap\" mode tap multi_queue"),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Error related to the multiqueue support (no support device side)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(MultiQueueNoDeviceSupport))))"),
                """
                the tap TAP is a multi-queue one, and the guest's card has one queue (Cloud Hypervisor: SAID).
                Next: make it anew: ip tuntap add dev TAP mode tap (without multi_queue)""");
    }

    @EachCloudHypervisor
    void tapWithSeveralQueuesThatSysfsDoesNotShow(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("""
                        ip link delete "$tap"
                        ip tuntap add dev "$tap" mode tap multi_queue
                        mounts='mount -t tmpfs none /sys'
                        """),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Open tap device failed: Unable to configure tap interface: Invalid argument (os error 22)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(ConfigureTap(Os { code: 22, kind: InvalidInput, message: \"Invalid argument\" }))))))"),
                """
                the tap TAP was made with other flags than Cloud Hypervisor asks for (Cloud Hypervisor: SAID).
                Next: make it anew: ip tuntap add dev TAP mode tap (without multi_queue)""");
    }

    @EachCloudHypervisor
    void tunThatIsNotThere(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("with_devices null urandom kvm"),
                Words.of(
                                "Cannot create virtio-net device: Failed to open taps: Open tap device failed: Couldn't open /dev/net/tun: No such file or directory (os error 2)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(OpenTun("
                                        + NOT_FOUND + "))))))"),
                """
                /dev/net/tun cannot be opened (Cloud Hypervisor: SAID).
                Next: load it (modprobe tun; in a container add --device /dev/net/tun)""");
    }

    // Files of ours.

    @EachCloudHypervisor
    void apiSocketThatAnotherVmUses(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("beside --api-socket \"$socket\""),
                Words.of(
                                "Failed to start the VMM thread: API socket \"FOLDER/api.sock\" is already in use by another running instance")
                        .below(
                                47,
                                "Failed to start the VMM thread: Error creation API server's socket Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }")
                        .below(
                                53,
                                "Failed to start the VMM thread: Error creation API server's socket: Address already in use (os error 98)"),
                """
                the API socket exists already (Cloud Hypervisor: SAID).
                Next: this VM's folder was used by another one; remove it""");
    }

    @EachCloudHypervisor
    void folderThatHasGone(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("rm -r \"$folder\""),
                Words.of("Error doing event monitor I/O: No such file or directory (os error 2)"),
                """
                a file or socket cannot be created in the VM's folder (Cloud Hypervisor: SAID).
                Next: is the folder still there and writable, and its disk not full? (setting unikernel.workDir)""");
    }

    @EachCloudHypervisor
    void logFileInAFolderThatIsNotThere(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("vmm+=(--log-file \"$folder/none/vmm.log\")"),
                Words.of("Error creating log file: No such file or directory (os error 2)"),
                """
                a file or socket cannot be created in the VM's folder (Cloud Hypervisor: SAID).
                Next: is the folder still there and writable, and its disk not full? (setting unikernel.workDir)""");
    }

    @EachCloudHypervisor
    void serialFileInAFolderThatIsNotThere(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("vmm=(\"${vmm[@]/#tty/file=$folder/none/serial.log}\")"),
                Words.of(
                                "Error creating VM: The VM could not be created: Error creating console devices: Error creating console device: No such file or directory (os error 2)")
                        .below(
                                47,
                                "Error creating VM: VmCreate(CreateConsoleDevices(CreateConsoleDevice(" + NOT_FOUND
                                        + ")))")
                        .below(40, "Error booting VM: VmBoot(DeviceManager(SerialOutputFileOpen(" + NOT_FOUND + ")))"),
                """
                a file or socket cannot be created in the VM's folder (Cloud Hypervisor: SAID).
                Next: is the folder still there and writable, and its disk not full? (setting unikernel.workDir)""");
    }

    // Limits.

    @EachCloudHypervisor
    void memoryThatALimitForbids(Found vmm) throws IOException {
        refused(
                vmm,
                // One arena: the C library would reserve up to 128 MiB more for each thread, and fail elsewhere.
                start -> start.by("export MALLOC_ARENA_MAX=1; ulimit -v 262000"),
                Words.of("Memory manager error: Error from region creation: Cannot allocate memory (os error 12)")
                        .below(
                                47,
                                "Error booting VM: VmBoot(MemoryManager(GuestMemoryRegion(Mmap(Os { code: 12, kind: OutOfMemory, message: \"Cannot allocate memory\" }))))"),
                """
                this machine has not 256M of memory to give (Cloud Hypervisor: SAID).
                Next: give the guest less memory (annotation's memory), or the machine more; is there a limit (ulimit -v, or a container's)?""");
    }

    @EachCloudHypervisor
    void filesThatALimitForbids(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.by("ulimit -n 10"),
                Words.of("Failed to start the VMM thread: Error cloning EventFd: Too many open files (os error 24)"),
                """
                Cloud Hypervisor may not open as many files as it needs (Cloud Hypervisor: SAID).
                Next: raise the limit (ulimit -n 1024)""");
    }

    // The user's own arguments.

    @EachCloudHypervisor
    void argumentThatIsUnknown(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.with("--no-such-option"),
                Words.of("error: unexpected argument '--no-such-option' found")
                        .below(36, "Unrecognized argument: --no-such-option"),
                """
                Cloud Hypervisor does not know an argument that it was given (Cloud Hypervisor: SAID).
                Next: correct the annotation's hypervisorArgs""");
    }

    @EachCloudHypervisor
    void valueThatIsUnknown(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.with("--seccomp", "maybe"),
                Words.of("error: invalid value 'maybe' for '--seccomp <seccomp>'")
                        .below(36, "panic: Invalid parameter maybe for \"--seccomp\" flag"),
                """
                Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: SAID).
                Next: correct the annotation's hypervisorArgs; without them this is a fault of ours: please report it""");
    }

    @EachCloudHypervisor
    void optionThatIsUnknown(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.with("--rng", "colour=red"),
                Words.of("Error parsing config: Error parsing --rng: unknown option: colour"),
                """
                Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: SAID).
                Next: correct the annotation's hypervisorArgs; without them this is a fault of ours: please report it""");
    }

    @EachCloudHypervisor
    void numberThatIsNone(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.with("--platform", "num_pci_segments=many"),
                Words.of("Error parsing config: Error parsing --platform: unable to convert many for num_pci_segments"),
                """
                Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: SAID).
                Next: correct the annotation's hypervisorArgs; without them this is a fault of ours: please report it""");
    }

    @EachCloudHypervisor
    void numberThatIsTooLarge(Found vmm) throws IOException {
        refused(
                vmm,
                start -> start.with("--platform", "num_pci_segments=999"),
                Words.of(
                        "Error parsing config: Error validating configuration: Number of PCI segments (999) not in range of 1 to 96"),
                """
                Cloud Hypervisor does not accept its arguments (Cloud Hypervisor: SAID).
                Next: correct the annotation's hypervisorArgs; without them this is a fault of ours: please report it""");
    }

    private void refused(Found vmm, UnaryOperator<SpoiledStart> how, Words said, String expected) throws IOException {
        SpoiledStart start = how.apply(new SpoiledStart(vmm, folder));
        String[] lines = expected.replace("SAID", said.of(vmm)).split("\nNext: ");
        assertThat(start.failure())
                .isEqualTo(MESSAGE.replace("WHAT", lines[0])
                        .replace("NEXT", lines[1])
                        .replace("MORE", start.arguments()));
    }

    /**
     * What Cloud Hypervisor says.
     *
     * @param older by the version that does not say so any more
     */
    private record Words(String newest, NavigableMap<Integer, String> older) {

        static Words of(String newest) {
            return new Words(newest, new TreeMap<>());
        }

        Words below(int major, String words) {
            older.put(major, words);
            return this;
        }

        String of(Found vmm) {
            var words = older.higherEntry(vmm.version().major());
            return words == null ? newest : words.getValue();
        }
    }
}
