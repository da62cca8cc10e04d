package dev.unikernel.config;

import org.jspecify.annotations.Nullable;

/** A value that a user has set cannot be used. The message says what was found and where, expected, and the next step. */
public class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        this(message, null);
    }

    public ConfigException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
