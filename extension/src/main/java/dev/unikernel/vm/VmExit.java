package dev.unikernel.vm;

import dev.unikernel.hypervisor.VmmEnd;

/** How a VM ended, as far as it can be told. */
public sealed interface VmExit {

    /** What happened, in one sentence without a full stop. */
    String cause();

    /** The guest powered off by itself. */
    record PoweredOff(String cause) implements VmExit {}

    /**
     * The guest crashed: a triple fault or another reset, a panic that it reported, an error of a virtual CPU. The VMM may
     * still be running; Cloud Hypervisor boots a guest that was reset once more.
     */
    record Crashed(String cause) implements VmExit {}

    /**
     * A signal ended the VMM and the guest with it, {@link Vm#kill} for example.
     *
     * @param signal its number (signal(7)): 9 is SIGKILL
     */
    record Killed(int signal, String cause) implements VmExit {}

    /**
     * The VMM ended for a reason outside of the guest, or for one that cannot be told.
     *
     * @param exitCode of the VMM's process; 0 does not mean that all was well
     */
    record VmmEnded(int exitCode, String cause) implements VmExit {}

    /** {@link Vm#close} took the VM away while the guest was running. */
    record Closed(String cause) implements VmExit {}

    /** What the VMM's end means for those who do not see a VMM. */
    static VmExit of(VmmEnd end) {
        if (end instanceof VmmEnd.PoweredOff) {
            return new PoweredOff(end.cause());
        }
        if (end instanceof VmmEnd.GuestCrashed) {
            return new Crashed(end.cause());
        }
        if (end instanceof VmmEnd.Killed killed) {
            return new Killed(killed.signal(), end.cause());
        }
        int exitCode = end instanceof VmmEnd.Refused refused ? refused.exitCode() : ((VmmEnd.Exited) end).exitCode();
        return new VmmEnded(exitCode, end.cause());
    }
}
