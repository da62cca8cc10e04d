package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.Symptom;
import java.util.List;

/**
 * What Cloud Hypervisor's words mean, first fit first.
 *
 * <p>Each pattern has the words of v47 and later (a chain of errors, one a line) and, behind a bar, those of v33 to v46
 * (the Debug text of the error).
 */
final class Symptoms {

    private static final String SEE_ARGS = "correct the annotation's hypervisorArgs";

    /** The VMM ended with an error. */
    static final List<Symptom> OF_REFUSALS = List.of(
            // The binary itself: words of the shell and of setpriv.
            Symptom.of(
                    "exec: .*: (not found|Permission denied)|setpriv: failed to execute",
                    "the binary cannot be executed",
                    "check the setting unikernel.cloudHypervisor.binary"),

            // KVM.
            Symptom.of(
                    "no supported hypervisor|Failed to create the hypervisor",
                    "/dev/kvm does not exist",
                    "load KVM (modprobe kvm_intel or kvm_amd; in a container add --device /dev/kvm; in a virtual machine"
                            + " switch nested virtualisation on), or set unikernel.hypervisor=qemu"),
            Symptom.of(
                    "(?s)Failed to (?:create Vm|open hypervisor interface).*os error 13|VmCreate\\(Permission denied",
                    "this user may not open /dev/kvm",
                    "add the user to the group of /dev/kvm (sudo usermod -aG kvm $USER, then log in again)"),
            Symptom.of(
                    "Incompatible API version",
                    "/dev/kvm is not the KVM of Linux (its API has not version 12)",
                    "look at what is mounted at /dev/kvm (ls -l /dev/kvm shows 10, 232), or set"
                            + " unikernel.hypervisor=qemu"),
            Symptom.of(
                    "Capability missing: (\\w+)",
                    "this machine's KVM lacks the capability $1",
                    "use a newer Linux kernel, or set unikernel.hypervisor=qemu"),

            // Kernel and initramfs.
            Symptom.of(
                    "(?s)Cannot open kernel file.*os error 2\\b|KernelFile\\(Os \\{ code: 2,",
                    "the kernel {kernel} does not exist",
                    "check the annotation's kernel"),
            Symptom.of(
                    "(?s)Cannot open kernel file.*os error 13\\b|KernelFile\\(Os \\{ code: 13,",
                    "this user may not read the kernel {kernel}",
                    "check the permissions of the file and of the folders above it"),
            Symptom.of(
                    "Kernel lacks PVH header|KernelMissingPvhHeader",
                    "the kernel {kernel} is an ELF file without a PVH entry (a note 'Xen' of type 18)",
                    "build the kernel with PVH (Linux: CONFIG_PVH=y); unikernels made for multiboot do not run here"),
            Symptom.of(
                    "Unable to read kernel image|ReadKernelImage|MemoryOverflow|Error writing [A-Z]+(?: table)?:"
                            + " InvalidGuestAddress",
                    "the guest does not fit into {memory} of memory",
                    "give it more memory (annotation's memory), and check that the kernel is complete"),
            // From v39 on any trouble with an ELF file is reported as one with a bzImage.
            Symptom.of(
                    "Invalid bzImage|InvalidBzImage|Unable to read bzImage header|ReadBzImageHeader|KernelLoad\\(Elf\\(",
                    "the kernel {kernel} cannot be loaded: it is no ELF file or bzImage, or not complete, or does not"
                            + " fit into {memory} of memory",
                    "look at it with 'file {kernel}' (before version 39 Cloud Hypervisor takes no bzImage), and give a"
                            + " large one more memory (annotation's memory)"),
            Symptom.of(
                    "Cannot open initramfs file|InitramfsFile\\(",
                    "the initramfs {initramfs} cannot be opened",
                    "check the annotation's initramfs"),
            Symptom.of(
                    "Cannot load the initramfs|InitramfsLoad",
                    "the initramfs {initramfs} does not fit into {memory} of memory",
                    "give the guest more memory (annotation's memory)"),

            // Disks. A type mismatch before the general rows, which fit it too.
            Symptom.of(
                    "image type does not match expected type|DiskImageTypeMismatch",
                    "a disk image is not a raw one",
                    "convert it (qemu-img convert -O raw)"),
            Symptom.of(
                    "unknown option: image_type|UnknownOption\\(\"image_type\"\\)",
                    "this Cloud Hypervisor does not know image_type, which is needed from 50.1 on",
                    "does its --version tell the truth? A build from between two releases may not"),
            Symptom.of(
                    "(?s)Cannot open disk path.*failed to fill whole buffer|DetectImageType\\(",
                    "a disk image is shorter than one sector of 512 bytes",
                    "check the annotation's image: was it built completely?"),
            Symptom.of(
                    "(?s)Cannot open disk path.*os error 2\\b|Disk\\(Os \\{ code: 2,",
                    "a disk image does not exist",
                    "check the annotation's image and extraDisks"),
            Symptom.of(
                    "(?s)Cannot open disk path.*os error 13\\b|Disk\\(Os \\{ code: 13,",
                    "this user may not open a disk image",
                    "check the permissions of the file and of the folders above it"),
            Symptom.of(
                    "(?s)Cannot open disk path.*os error 21\\b|Disk\\(Os \\{ code: 21,",
                    "a disk image is a folder",
                    "check the annotation's image and extraDisks"),
            Symptom.of(
                    "Error locking disk images|LockingError\\(",
                    "a disk image is in use by another virtual machine",
                    "end that one (lsof FILE shows it); two machines can share an image only read-only"),

            // The tap.
            Symptom.of(
                    "(?s)Unable to configure tap interface.*os error 16\\b|ConfigureTap\\(Os \\{ code: 16,",
                    "the tap {nic} is in use by another process",
                    "end that process; each virtual machine needs a tap of its own"),
            Symptom.of(
                    "(?s)Unable to configure tap interface.*os error 1\\b|ConfigureTap\\(Os \\{ code: 1,",
                    "the tap {nic} belongs to another user, or does not exist and may not be created",
                    "make it for this user: sudo ip tuntap add dev {nic} mode tap user $USER"),
            Symptom.of(
                    "(?s)Unable to configure tap interface.*os error 22\\b|ConfigureTap\\(Os \\{ code: 22,",
                    "the tap {nic} was made with other flags than Cloud Hypervisor asks for",
                    "make it anew: ip tuntap add dev {nic} mode tap (without multi_queue)"),
            Symptom.of(
                    "Error related to the multiqueue support|MultiQueueNo(?:Device|Tap)Support",
                    "the tap {nic} is a multi-queue one, and the guest's card has one queue",
                    "make it anew: ip tuntap add dev {nic} mode tap (without multi_queue)"),
            Symptom.of(
                    "Enabling tap interface failed|TapEnable\\(",
                    "the tap {nic} is down, and this user may not set it up",
                    "sudo ip link set {nic} up"),
            Symptom.of(
                    "Setting MTU failed|TapSetMtu\\(|Setting MAC address failed|TapSetMac\\(",
                    "this user may not change the tap {nic}",
                    "run the tests with CAP_NET_ADMIN, or find out who asks for that change (mtu, host_mac): we do not"),
            Symptom.of(
                    "Couldn't open /dev/net/tun|OpenTun\\(",
                    "/dev/net/tun cannot be opened",
                    "load it (modprobe tun; in a container add --device /dev/net/tun)"),

            // Memory and CPUs.
            Symptom.of(
                    "Memory size is misaligned|MisalignedMemorySize",
                    "{memory} is no whole number of pages",
                    "give a memory size in M"),
            Symptom.of(
                    "No memory zones found|MissingMemoryZones",
                    "a guest cannot have {memory} of memory",
                    "give a memory size above 0"),
            Symptom.of(
                    "Cannot allocate memory \\(os error 12\\)|Os \\{ code: 12,",
                    "this machine has not {memory} of memory to give",
                    "give the guest less memory (annotation's memory), or the machine more; is there a limit (ulimit -v,"
                            + " or a container's)?"),
            Symptom.of(
                    "Failed to create user memory|CreateUserMemory\\(",
                    "this machine's KVM does not take {memory} of memory",
                    "give the guest less memory (annotation's memory)"),

            // Files of ours.
            Symptom.of(
                    "Address already in use|is already in use by another running instance|ApiSocketInUse",
                    "the API socket exists already",
                    "this VM's folder was used by another one; remove it"),
            Symptom.of(
                    "Error creation API server's socket|CreateApiServerSocket|Error creating log file|LogFileCreation"
                            + "|Error creating console device|CreateConsoleDevice\\(|SerialOutputFileOpen\\("
                            + "|Error doing event monitor I/O",
                    "a file or socket cannot be created in the VM's folder",
                    "is the folder still there and writable, and its disk not full? (setting unikernel.workDir)"),
            Symptom.of(
                    "Too many open files|Os \\{ code: 24,",
                    "Cloud Hypervisor may not open as many files as it needs",
                    "raise the limit (ulimit -n 1024)"),

            // Options. Last, as their words are the most general ones.
            Symptom.of(
                    "unexpected argument '([^']+)'|Unrecognized argument: (?:\\S+)",
                    "Cloud Hypervisor does not know an argument that it was given",
                    SEE_ARGS),
            Symptom.of(
                    "(?m)^error: |^Error parsing (?:config|option)|^No value provided|Invalid parameter .* flag"
                            + "|Error parsing config|Error validating configuration|ParsingConfig\\(|ConfigValidation\\(",
                    "Cloud Hypervisor does not accept its arguments",
                    SEE_ARGS + "; without them this is a fault of ours: please report it"));

    /** A virtual CPU failed; the last row fits everything. */
    static final List<Symptom> OF_GUESTS = List.of(
            Symptom.of(
                    "unregistered address 0xfffffff[0-9a-f]",
                    "the guest used its stack before it had set one: it assumes a stack pointer at its PVH entry, which"
                            + " Cloud Hypervisor leaves at 0",
                    "leave the setting unikernel.entryStub at auto, which boots a private copy of the kernel that sets ESP"
                            + " first, or use a kernel whose PVH entry does"),
            Symptom.of(
                    "vcpu run: InternalError|InternalError",
                    "a virtual CPU failed: the guest did something that this machine's KVM cannot run (InternalError)",
                    "read the end of the guest's serial log, and try unikernel.hypervisor=qemu to see whether it is the"
                            + " guest or this KVM"),
            Symptom.of(
                    "",
                    "a virtual CPU failed",
                    "see 'VCPU generated error' in vmm.log, and try unikernel.hypervisor=qemu to see whether it is the"
                            + " guest or this KVM"));

    private Symptoms() {}
}
