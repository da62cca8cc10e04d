package dev.unikernel.vm;

/** Something of a VM could not be taken away; everything else was. The message names what is left. */
public final class VmCloseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    VmCloseException(String message, Throwable cause) {
        super(message, cause);
    }
}
