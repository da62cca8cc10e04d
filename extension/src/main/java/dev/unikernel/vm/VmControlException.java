package dev.unikernel.vm;

import org.jspecify.annotations.Nullable;

/** What was asked of a running VM was not done. The message says what, why not, and the next step. */
public final class VmControlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    VmControlException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
