package dev.unikernel.host;

import org.jspecify.annotations.Nullable;

/** Something of this machine cannot be used as asked. The message says what was found, expected, and the next step. */
public class HostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HostException(String message) {
        this(message, null);
    }

    public HostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
