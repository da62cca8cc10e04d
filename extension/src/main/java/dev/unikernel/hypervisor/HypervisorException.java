package dev.unikernel.hypervisor;

import org.jspecify.annotations.Nullable;

/** A hypervisor cannot be used as asked. The message says what was found, expected, and the next step. */
public class HypervisorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String found;
    private final String nextStep;

    /**
     * @param found what was found and expected, as a clause without a full stop
     * @param nextStep what the user can do, likewise
     */
    public HypervisorException(String found, String nextStep) {
        this(found, nextStep, null);
    }

    public HypervisorException(String found, String nextStep, @Nullable Throwable cause) {
        super(found + ". Next: " + nextStep, cause);
        this.found = found;
        this.nextStep = nextStep;
    }

    public String found() {
        return found;
    }

    public String nextStep() {
        return nextStep;
    }
}
