package dev.unikernel.vm;

import dev.unikernel.hypervisor.VmmEnd;
import java.util.List;
import java.util.OptionalInt;

/** How a VM ended, as far as it can be told. */
public sealed interface VmExit {

    /** What happened, in one sentence without a full stop. */
    String cause();

    /**
     * The last lines that the guest wrote, at most 30: on its serial console or, if there is nothing, in the record that
     * Nanos leaves on its disk. Control characters are made visible.
     */
    List<String> lastOutput();

    /**
     * The exit code of the guest's program, where the guest tells: Nanos does, others by the attribute {@code
     * exitCodeOnSerial}. A guest that did not power off has none.
     */
    default OptionalInt exitCode() {
        return OptionalInt.empty();
    }

    /**
     * The guest powered off by itself.
     *
     * @param exitCode see {@link VmExit#exitCode}
     */
    record PoweredOff(String cause, OptionalInt exitCode, List<String> lastOutput) implements VmExit {
        public PoweredOff {
            lastOutput = List.copyOf(lastOutput);
        }
    }

    /**
     * The guest crashed: a triple fault or another reset, a panic that it reported, an error of a virtual CPU; or, in Nanos,
     * a signal that ended its program. The VMM may still be running; Cloud Hypervisor boots a guest that was reset once more.
     *
     * @param signal the number (signal(7)) of the signal that ended the guest's program, if that was it
     */
    record Crashed(String cause, OptionalInt signal, List<String> lastOutput) implements VmExit {
        public Crashed {
            lastOutput = List.copyOf(lastOutput);
        }
    }

    /**
     * A signal ended the VMM and the guest with it, {@link Vm#kill} for example.
     *
     * @param signal its number (signal(7)): 9 is SIGKILL
     */
    record Killed(int signal, String cause, List<String> lastOutput) implements VmExit {
        public Killed {
            lastOutput = List.copyOf(lastOutput);
        }
    }

    /**
     * The VMM ended for a reason outside of the guest, or for one that cannot be told.
     *
     * @param vmmExitCode of the VMM's process; 0 does not mean that all was well
     */
    record VmmEnded(int vmmExitCode, String cause, List<String> lastOutput) implements VmExit {
        public VmmEnded {
            lastOutput = List.copyOf(lastOutput);
        }
    }

    /** {@link Vm#close} took the VM away while the guest was running. */
    record Closed(String cause, List<String> lastOutput) implements VmExit {
        public Closed {
            lastOutput = List.copyOf(lastOutput);
        }
    }

    /** What the VMM's end means for those who do not see a VMM. */
    static VmExit of(VmmEnd end, List<String> lastOutput) {
        if (end instanceof VmmEnd.PoweredOff off) {
            return new PoweredOff(off.cause(), off.exitCode(), lastOutput);
        }
        if (end instanceof VmmEnd.GuestCrashed crash) {
            return new Crashed(crash.cause(), crash.signal(), lastOutput);
        }
        if (end instanceof VmmEnd.Killed killed) {
            return new Killed(killed.signal(), killed.cause(), lastOutput);
        }
        int exitCode = end instanceof VmmEnd.Refused refused ? refused.exitCode() : ((VmmEnd.Exited) end).exitCode();
        return new VmmEnded(exitCode, end.cause(), lastOutput);
    }
}
