package dev.unikernel.network;

import java.util.Arrays;
import java.util.Optional;

/**
 * A DHCP message between a guest and its server that was seen on the wire.
 *
 * @param type the message's type (option 53)
 * @param nanoTime when it was seen, on the clock of {@link System#nanoTime}
 * @param text the message in one line, for people: {@code "OFFER 198.18.0.2 from 198.18.0.1"}
 */
public record DhcpSighting(Type type, long nanoTime, String text) {

    /** The message types of RFC 2132 section 9.6, each with the number that stands in option 53. */
    public enum Type {
        DISCOVER(1),
        OFFER(2),
        REQUEST(3),
        DECLINE(4),
        ACK(5),
        NAK(6),
        RELEASE(7),
        INFORM(8);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /** The type of number {@code code}, if there is one. */
        public static Optional<Type> of(int code) {
            return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
        }
    }
}
