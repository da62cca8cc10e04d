package dev.unikernel.bench;

import org.jspecify.annotations.Nullable;

/** Something could not be measured. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchException(String message) {
        this(message, null);
    }

    BenchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
