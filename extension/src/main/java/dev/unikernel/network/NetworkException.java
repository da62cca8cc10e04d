package dev.unikernel.network;

import org.jspecify.annotations.Nullable;

/** A guest's connection could not be made or kept. The message says what was found, expected, and the next step. */
public class NetworkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NetworkException(String message) {
        this(message, null);
    }

    public NetworkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
