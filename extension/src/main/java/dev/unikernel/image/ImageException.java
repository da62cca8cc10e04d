package dev.unikernel.image;

import org.jspecify.annotations.Nullable;

/** A kernel or an image cannot be used. The message says what was found, expected, and the next step. */
public class ImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        this(message, null);
    }

    public ImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
