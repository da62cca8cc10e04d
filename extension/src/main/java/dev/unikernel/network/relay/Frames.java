package dev.unikernel.network.relay;

import java.nio.ByteBuffer;

/**
 * What goes over the Unix socket between the two sides of a relay.
 *
 * <p>Each connection has a socket of its own. It begins with a {@link Target}, from the tests' side. For TCP the other side
 * answers by one byte: {@link #CONNECTED} or {@link #REFUSED}. Then frames go both ways: a length of four bytes, the most
 * significant first, and as many bytes. A frame is a piece of a TCP stream of any size, or one UDP datagram. In a TCP
 * stream the length {@link #END} means that this direction has ended in order; the connection was broken off if the socket ends
 * without it.
 */
final class Frames {

    static final byte CONNECTED = 0;
    static final byte REFUSED = 1;

    static final int HEADER_SIZE = 4;
    static final int END = 0;

    private Frames() {}

    /** A frame's header and nothing else: the end of a direction. */
    static ByteBuffer end() {
        return ByteBuffer.allocate(HEADER_SIZE).putInt(END).flip();
    }
}
