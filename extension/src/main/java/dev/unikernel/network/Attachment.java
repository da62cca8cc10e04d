package dev.unikernel.network;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** One guest's connection: its card, where its lease becomes known, and how the test reaches it. */
public interface Attachment extends AutoCloseable {

    Nic nic();

    LeaseSource leases();

    /** Says that the VMM runs, and in which file its guest's words will be. To be called once. */
    default void vmmStarted(Path serialLog) {}

    /** The address at which this JVM reaches the guest that holds {@code lease}: behind a tap, the lease's own. */
    default InetAddress reachableAt(Lease lease) {
        return lease.address();
    }

    /**
     * Whether something in front of the guest accepts TCP connections before the guest itself listens, so that a
     * successful connect says nothing.
     */
    default boolean acceptsBeforeGuest() {
        return false;
    }

    /**
     * When the guest itself was seen to accept a TCP connection at {@code port}, on the clock of {@link System#nanoTime}. For
     * attachments with something in front of the guest that nevertheless can see this: the first call begins to look.
     */
    default OptionalLong acceptedAt(int port) {
        return OptionalLong.empty();
    }

    /** The link to the guest, where it is ours and can be made to fail. */
    default Optional<Wire> wire() {
        return Optional.empty();
    }

    /** The connection in a few words, for the boot plan: {@code "tap uk1a2b-3, 198.18.0.0/30"}. */
    String describe();

    /** Takes the connection away. Idempotent. Does not wait for what may be taken away later. */
    @Override
    void close();
}
