package dev.unikernel.network.relay;

import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/** The tests' side: listens at loopback addresses and carries what comes to guests. Safe for use by several threads. */
public final class Relay implements AutoCloseable {

    private final EventLoop loop;
    private final UnixDomainSocketAddress guestSide;

    private Relay(EventLoop loop, Path socket) {
        this.loop = loop;
        this.guestSide = UnixDomainSocketAddress.of(socket);
    }

    /**
     * @param socket where the {@link GuestSide} listens
     * @throws NetworkException if this JVM has no file descriptor left
     */
    public static Relay to(Path socket) {
        try {
            return new Relay(EventLoop.start(), socket);
        } catch (IOException failed) {
            throw new NetworkException("no relay can be started: " + failed, failed);
        }
    }

    /**
     * Listens at {@code local} for what is meant for the guest, TCP and UDP, until the result is closed. A TCP connection
     * that the guest refuses is accepted here and reset at once.
     *
     * @param guest the guest's address in its own network
     * @param ports the ports, equal on both sides
     * @throws NetworkException if a port cannot be listened to by TCP; nothing is left behind
     */
    public Forwarding forward(Inet4Address local, Inet4Address guest, List<Integer> ports) {
        return Forwarding.open(this, local, guest, ports);
    }

    EventLoop loop() {
        return loop;
    }

    /** A new connection to the guests' side, which has been told the target. */
    SocketChannel connect(Target target) throws IOException {
        SocketChannel channel = SocketChannel.open(guestSide);
        try {
            // A new socket takes so few bytes at once.
            channel.write(target.toBytes());
            return channel;
        } catch (IOException failed) {
            Sockets.close(channel);
            throw failed;
        }
    }

    /** Breaks all connections off. */
    @Override
    public void close() {
        loop.close();
    }
}
