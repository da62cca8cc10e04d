package dev.unikernel.hypervisor.qemu;

import dev.unikernel.hypervisor.Symptom;
import java.util.List;

/** What QEMU's words mean, first fit first. */
final class Symptoms {

    static final List<Symptom> OF_REFUSALS = List.of(
            // The binary itself: words of the shell and of setpriv.
            Symptom.of(
                    "exec: .*: (not found|Permission denied)|setpriv: failed to execute",
                    "the binary cannot be executed",
                    "check the setting unikernel.qemu.binary"),
            Symptom.of(
                    "could not load PC BIOS '([^']+)'",
                    "QEMU's firmware $1 is missing",
                    "install it; it belongs to QEMU (Debian and Ubuntu: apt install qemu-system-data)"),

            // KVM.
            Symptom.of(
                    "(?i)Could not access KVM kernel module: Permission denied",
                    "this user may not open /dev/kvm",
                    "add the user to the group of /dev/kvm (sudo usermod -aG kvm $USER, then log in again)"),
            Symptom.of(
                    "(?i)Could not access KVM kernel module",
                    "/dev/kvm cannot be used",
                    "load KVM (modprobe kvm_intel or kvm_amd; in a container add --device /dev/kvm)"),
            Symptom.of(
                    "failed to set MSR|failed to initialize kvm",
                    "this machine's KVM cannot run QEMU's guests",
                    "let QEMU emulate the processor (TCG)"),

            // Kernel and initramfs.
            Symptom.of(
                    "could not (?:open|load) (?:the )?kernel(?: file)? '[^']*': (.*)",
                    "the kernel {kernel} cannot be loaded: $1",
                    "check the annotation's kernel"),
            Symptom.of(
                    "without PVH ELF Note",
                    "the kernel {kernel} is an ELF file without a PVH entry (a note 'Xen' of type 18)",
                    "build the kernel with PVH (Linux: CONFIG_PVH=y)"),
            Symptom.of(
                    "invalid kernel header|Error while loading elf kernel|Error loading uncompressed kernel",
                    "the kernel {kernel} is neither an ELF file that can be loaded nor a bzImage",
                    "look at it with 'file {kernel}': is it complete, and not a disk image?"),
            Symptom.of(
                    "error reading initrd|could not load initrd|initrd is too large",
                    "the initramfs {initramfs} cannot be loaded",
                    "check the annotation's initramfs, and that it fits into {memory} of memory"),

            // Disks.
            Symptom.of(
                    "Failed to get (?:shared )?\"(?:write|consistent read)\" lock|Failed to get \"write\" lock",
                    "a disk image is in use by another virtual machine",
                    "end that one (lsof FILE shows it); two machines can share an image only read-only"),
            Symptom.of(
                    "-drive .*(?:Could not open|driver requires) '([^']*)'",
                    "the disk image $1 cannot be opened",
                    "check the annotation's image and extraDisks, and the permissions of the file"),

            // Network.
            Symptom.of(
                    "could not configure /dev/net/tun.*Device or resource busy",
                    "the tap {nic} is in use by another process",
                    "end that process; each virtual machine needs a tap of its own"),
            Symptom.of(
                    "could not configure /dev/net/tun.*Operation not permitted",
                    "the tap {nic} belongs to another user, or does not exist and may not be created",
                    "make it for this user: sudo ip tuntap add dev {nic} mode tap user $USER"),
            Symptom.of(
                    "could not configure /dev/net/tun.*Invalid argument",
                    "the tap {nic} was made with other flags than QEMU asks for",
                    "make it anew: ip tuntap add dev {nic} mode tap (without multi_queue)"),
            Symptom.of(
                    "could not open /dev/net/tun",
                    "/dev/net/tun cannot be opened",
                    "load it (modprobe tun; in a container add --device /dev/net/tun)"),
            Symptom.of(
                    "Could not set up host forwarding rule '(?:tcp:)?([0-9.]+:\\d+)-",
                    "the address $1 of this machine is in use, so that nothing can be forwarded from it",
                    "find out who listens there: ss -ltnp"),
            Symptom.of(
                    "network backend 'user' is not compiled|Invalid parameter 'user'|'type' expects a netdev backend",
                    "this QEMU was built without its user network",
                    "install a QEMU that has it (libslirp), or set unikernel.network to another mode"),

            // Memory and CPUs.
            Symptom.of(
                    "cannot set up guest memory.*Cannot allocate memory|exceeds maximum|ram size too large|Invalid RAM size",
                    "this machine has not {memory} of memory to give",
                    "give the guest less memory (annotation's memory), or the machine more"),
            Symptom.of(
                    "Invalid SMP CPUs",
                    "QEMU cannot give a guest {cpus} CPUs",
                    "give the guest fewer (annotation's cpus)"),

            // Options. Last, as their words are the most general ones.
            Symptom.of(
                    "(\\S+): invalid option",
                    "QEMU does not know the option $1",
                    "correct the annotation's hypervisorArgs"),
            Symptom.of(
                    "Could not open '[^']*(?:serial|resets)\\.log'|Could not open '[^']*'",
                    "QEMU cannot open a file of the VM's folder",
                    "is the folder still there and writable, and its disk not full? (setting unikernel.workDir)"));

    private Symptoms() {}
}
