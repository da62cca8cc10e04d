package dev.unikernel.network;

import java.util.Locale;

/** The ways to connect a guest, as the setting {@code unikernel.network} names them. */
public enum NetworkMode {
    /** A tap device for each VM, in a network namespace of our own. */
    TAP,
    /** A tap device in a helper's namespace, reached through a relay. */
    NAMESPACE,
    /** QEMU's own network stack with forwarded ports. */
    USER,
    /** Tap devices that the user has made. */
    PREMADE,
    /** A tap device for each VM in the host's own namespace. */
    HOST_TAP;

    /** The name as it stands in settings: {@code host-tap}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
