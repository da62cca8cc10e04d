package dev.unikernel.hypervisor;

import java.util.OptionalInt;

/**
 * How a VMM or its guest ended.
 *
 * <p>An exit code alone never tells: Cloud Hypervisor exits with 0 after a vCPU error as well as after a clean
 * power-off.
 */
public sealed interface VmmEnd {

    /** What happened, in one sentence without a full stop. */
    String cause();

    /** What the user should do next, as one sentence. */
    String nextStep();

    /** The VMM refused to run the machine: a bad option, a missing file, no right to a device. */
    record Refused(int exitCode, String cause, String nextStep) implements VmmEnd {}

    /**
     * The guest powered off, and the VMM ended as it should.
     *
     * @param exitCode of the guest's program, where the guest told
     */
    record PoweredOff(String cause, String nextStep, OptionalInt exitCode) implements VmmEnd {

        public PoweredOff(String cause, String nextStep) {
            this(cause, nextStep, OptionalInt.empty());
        }
    }

    /** A signal ended the VMM's process. */
    record Killed(int signal, String cause, String nextStep) implements VmmEnd {}

    /** The VMM ended for a reason outside of the guest, or for one that cannot be told. */
    record Exited(int exitCode, String cause, String nextStep) implements VmmEnd {}

    /**
     * The guest crashed: a triple fault or reset (it boots again in the same process), a vCPU error, a program's death.
     *
     * @param signal that ended the guest's program, where the guest told
     */
    record GuestCrashed(String cause, String nextStep, OptionalInt signal) implements VmmEnd {

        public GuestCrashed(String cause, String nextStep) {
            this(cause, nextStep, OptionalInt.empty());
        }
    }
}
