package dev.unikernel.hypervisor;

import org.jspecify.annotations.Nullable;

/** A hypervisor cannot be used as asked. The message says what was found, expected, and the next step. */
public class HypervisorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HypervisorException(String message) {
        this(message, null);
    }

    public HypervisorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
