package dev.unikernel.network.namespace;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** The helper's mouth. Safe for use by several threads. */
final class Reports {

    private final SocketChannel channel;

    Reports(SocketChannel channel) {
        this.channel = channel;
    }

    synchronized void send(Report report) {
        ByteBuffer line = StandardCharsets.UTF_8.encode(report + "\n");
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException gone) {
            // Whoever listened has ended, and so will this.
            System.getLogger(Reports.class.getName()).log(DEBUG, "nobody listens any more", gone);
        }
    }
}
