package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Our end of one guest's link: says answers there, and hears what is sent to our address on it. */
final class LinkSocket implements Outlet {

    private final DatagramChannel channel;
    private final LinkLog log;

    LinkSocket(DatagramChannel channel, LinkLog log) {
        this.channel = channel;
        this.log = log;
    }

    @Override
    public boolean send(DhcpAnswer answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer.toBytes());
        InetSocketAddress destination = new InetSocketAddress(answer.destination(), answer.port());
        try {
            int sent = channel.send(bytes, destination);
            if (sent == bytes.limit()) {
                log.sent(bytes.flip(), destination);
                return true;
            }
            warn(answer, "was not sent: the socket's buffer is full", null);
        } catch (ClosedChannelException ended) {
            // The guest is being taken down while it still asks.
        } catch (IOException failed) {
            warn(answer, "could not be sent", failed);
        }
        return false;
    }

    private static void warn(DhcpAnswer answer, String problem, @Nullable IOException cause) {
        System.getLogger(DhcpServer.class.getName())
                .log(
                        WARNING,
                        answer.message().summary() + " for " + answer.message().chaddr() + " " + problem,
                        cause);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            System.getLogger(DhcpServer.class.getName()).log(WARNING, "DHCP socket did not close", failed);
        }
    }
}
