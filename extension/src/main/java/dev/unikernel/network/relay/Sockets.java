package dev.unikernel.network.relay;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;

/** The two ways in which a relay ends a connection. */
final class Sockets {

    private Sockets() {}

    static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            System.getLogger(Sockets.class.getName()).log(DEBUG, "a socket did not close", failed);
        }
    }

    /** Tells the peer of a TCP connection that it was broken off, not that it ended: RST (RFC 9293 section 3.5.2). */
    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException failed) {
            // It is broken already.
        }
        close(channel);
    }
}
