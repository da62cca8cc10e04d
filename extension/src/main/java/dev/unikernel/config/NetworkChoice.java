package dev.unikernel.config;

/** The values of {@link Keys#NETWORK}. */
public enum NetworkChoice implements Choice {
    /** The first that is possible here with the hypervisor. */
    AUTO,
    /** A tap device for each VM, in a network namespace of our own. */
    TAP,
    /** A tap device in a helper's namespace, reached through a relay. */
    NAMESPACE,
    /** QEMU's own network stack with forwarded ports. */
    USER,
    /** The tap devices that {@link Keys#TAP} names. */
    PREMADE,
    /** A tap device for each VM in the host's own namespace. */
    HOST_TAP;

    /** The name as it stands in settings. */
    @Override
    public String key() {
        return Choice.super.key();
    }
}
