package dev.unikernel.network;

/**
 * A DHCP message between a guest and its server that was seen on the wire.
 *
 * @param type the message's type (option 53)
 * @param nanoTime when it was seen, on the clock of {@link System#nanoTime}
 * @param text the message in one line, for people: {@code "OFFER 198.18.0.2 from 198.18.0.1"}
 */
public record DhcpSighting(Type type, long nanoTime, String text) {

    /** The message types of RFC 2131 (option 53), in the order of their codes. */
    public enum Type {
        DISCOVER,
        OFFER,
        REQUEST,
        DECLINE,
        ACK,
        NAK,
        RELEASE,
        INFORM
    }
}
