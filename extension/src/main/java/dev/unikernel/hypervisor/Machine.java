package dev.unikernel.hypervisor;

import dev.unikernel.network.Nic;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The virtual machine that a hypervisor is asked to run; all paths exist, all values are checked.
 *
 * @param name the VM's name in messages
 * @param kernel an ELF with a PVH note, or a Linux bzImage
 * @param cmdline the kernel command line; empty means none
 * @param memoryBytes the guest's memory, in bytes
 * @param cpus virtual CPUs
 * @param hypervisorArgs further arguments, appended as they are
 * @param folder the VM's private folder (mode 0700, short path): sockets, pipes, events; deleted with the VM
 * @param logFolder where {@code serial.log} and {@code vmm.log} are written; they outlive the VM
 */
public record Machine(
        String name,
        Path kernel,
        Optional<Path> initramfs,
        String cmdline,
        long memoryBytes,
        int cpus,
        List<Disk> disks,
        Nic nic,
        List<String> hypervisorArgs,
        Path folder,
        Path logFolder) {

    public Machine {
        disks = List.copyOf(disks);
        hypervisorArgs = List.copyOf(hypervisorArgs);
    }

    /** The memory as it stands on command lines: {@code 256M}, {@code 4K}, or the bytes if it is no whole number of these. */
    public String memoryText() {
        if (memoryBytes % (1 << 20) == 0) {
            return (memoryBytes >> 20) + "M";
        }
        return memoryBytes % (1 << 10) == 0 ? (memoryBytes >> 10) + "K" : Long.toString(memoryBytes);
    }
}
