package dev.unikernel.hypervisor;

import java.util.List;

/** One hypervisor of this machine: a binary of a known version. */
public interface Hypervisor {

    HypervisorKind kind();

    /** Name, version and manner in a few words: {@code "Cloud Hypervisor 53.0"}, {@code "QEMU 7.2.22 (TCG)"}. */
    String describe();

    /**
     * The command line for {@code machine}, binary first. A pure function: nothing is started or written.
     *
     * @throws HypervisorException if this version cannot run such a machine, or {@code hypervisorArgs} sets an option
     *     that is set by us
     */
    List<String> commandLine(Machine machine);

    /**
     * Whether a kernel that uses a stack before it has set one dies here. The PVH boot protocol leaves the stack pointer
     * open (xen/docs/misc/pvh.pandoc), so that either is right.
     */
    boolean entersWithoutStack();

    /**
     * Starts the VMM. Returns as soon as the process exists; its serial line goes to {@code serial.log} and its
     * standard error to {@code vmm.log} in the machine's log folder, from the first byte.
     *
     * @throws HypervisorException if the process cannot be started; nothing is left behind
     */
    Vmm start(Machine machine);
}
