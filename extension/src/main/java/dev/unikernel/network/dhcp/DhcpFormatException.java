package dev.unikernel.network.dhcp;

import dev.unikernel.network.NetworkException;

/** Bytes that are not a DHCP message. The message names the field, its offset, and what was expected there. */
public final class DhcpFormatException extends NetworkException {

    private static final long serialVersionUID = 1L;

    DhcpFormatException(String message) {
        super(message);
    }
}
