package dev.unikernel.network;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A way to connect guests. One object serves all the VMs of a JVM. */
public interface GuestNetwork {

    NetworkMode mode();

    /** Begins to prepare what all guests share and takes long, and does not wait for it; {@link #attach} does without. */
    default void prepare() {}

    /**
     * Prepares the connection of one guest. When this returns, everything that must be there before the VMM starts is
     * there: the tap, and a DHCP server (or the listener to one) that misses no message.
     *
     * @param ports the guest's TCP ports that the test wants to reach
     * @param folder the VM's private folder, for pipes and logs
     * @throws NetworkException if the connection cannot be made; nothing is left behind
     */
    Attachment attach(List<Integer> ports, Path folder);

    /**
     * As {@link #attach(List, Path)}, but where guests must take turns this one waits for its turn.
     *
     * @param patience how long it may wait
     */
    default Attachment attach(List<Integer> ports, Path folder, Duration patience) {
        return attach(ports, folder);
    }

    /**
     * This network, but each guest's DHCP messages are kept as a file {@code dhcp.pcap} beside its serial log, where they are
     * seen.
     */
    default GuestNetwork capturing() {
        return this;
    }

    /** Why guests cannot reach what this host reaches, with the next step; empty if they can where that is asked for. */
    default Optional<String> whyNoOutbound() {
        return Optional.of(
                "the network mode '" + mode().key() + "' lets guests reach nothing but this host. Next: use the"
                        + " network mode 'namespace' with slirp4netns (unikernel.network=namespace), or QEMU and its network"
                        + " (unikernel.hypervisor=qemu, unikernel.network=user)");
    }

    /** This network, but guests reach what this host reaches. */
    default GuestNetwork outbound() {
        throw new NetworkException("guests cannot reach anything beyond this host: "
                + whyNoOutbound().orElseThrow());
    }

    /** Why guests cannot share a segment here, with the next step; empty if they can. */
    default Optional<String> whyNoSegments() {
        return Optional.of(
                "the network mode '" + mode().key() + "' connects each guest by itself. Next: use the network"
                        + " mode 'namespace' or 'tap' (the setting unikernel.network); the doctor says what they need on this"
                        + " machine");
    }

    /**
     * Takes a place on a segment for the guest of a name.
     *
     * @throws IllegalArgumentException if a guest of that name is there already, or too many are
     * @throws NetworkException if that is not possible
     */
    default SegmentPlace join(SegmentKey segment, String member) {
        throw new NetworkException(
                "guests cannot share a network: " + whyNoSegments().orElseThrow());
    }
}
