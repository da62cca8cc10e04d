package dev.unikernel.network.relay;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The ports of one guest at its loopback address. */
public final class Forwarding implements AutoCloseable {

    /** Linux takes it as a limit of connections that were accepted by the kernel and not by us. */
    private static final int BACKLOG = 1_024;

    private final Relay relay;
    private final List<Channel> channels = new ArrayList<>();
    private final List<Runnable> breakOffs = new ArrayList<>();
    private volatile long delayNanos;

    private Forwarding(Relay relay) {
        this.relay = relay;
    }

    static Forwarding open(Relay relay, Inet4Address local, Inet4Address guest, List<Integer> ports) {
        Forwarding forwarding = new Forwarding(relay);
        try {
            for (int port : ports) {
                forwarding.listen(new InetSocketAddress(local, port), new Target(Target.Protocol.TCP, guest, port));
                forwarding.receive(new InetSocketAddress(local, port), new Target(Target.Protocol.UDP, guest, port));
            }
            return forwarding;
        } catch (NetworkException refused) {
            forwarding.close();
            throw refused;
        }
    }

    private void listen(InetSocketAddress local, Target target) {
        try {
            ServerSocketChannel listener = ServerSocketChannel.open();
            channels.add(listener);
            listener.bind(local, BACKLOG);
            TcpForward forward = new TcpForward(relay, listener, target, () -> delayNanos);
            breakOffs.add(forward::close);
            register(listener, SelectionKey.OP_ACCEPT, forward);
        } catch (IOException refused) {
            throw new NetworkException(
                    "TCP port " + local.getPort() + " at " + local.getAddress().getHostAddress()
                            + ", under which the guest would be reached, cannot be had: " + refused.getMessage(),
                    refused);
        }
    }

    /** Most guests are spoken to by TCP alone, so what is in the way of UDP is no reason to stop. */
    private void receive(InetSocketAddress local, Target target) {
        try {
            DatagramChannel receiver = DatagramChannel.open();
            channels.add(receiver);
            receiver.bind(local);
            UdpForward forward = new UdpForward(relay, receiver, target, () -> delayNanos);
            breakOffs.add(forward::close);
            register(receiver, SelectionKey.OP_READ, forward);
        } catch (IOException refused) {
            System.getLogger("dev.unikernel")
                    .log(
                            WARNING,
                            "UDP port " + local.getPort() + " of the guest is not reachable at "
                                    + local.getAddress().getHostAddress() + ": " + refused.getMessage());
        }
    }

    private void register(SelectableChannel channel, int interest, EventLoop.Handler handler) {
        relay.loop().execute(() -> {
            try {
                relay.loop().register(channel, interest, handler);
            } catch (IOException closed) {
                Sockets.close(channel);
            }
        });
    }

    /** Has all that comes from now on, of open connections, too, held back for a time in each direction, as a slow network would. */
    public void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /**
     * Listens no more, and resets the connections that are open: the guest is gone, perhaps without having ended them, and a
     * client that keeps one would learn of that only after a long wait.
     */
    @Override
    public void close() {
        channels.forEach(Sockets::close);
        // The loop lets go of their ports when it turns, too.
        relay.loop().execute(() -> breakOffs.forEach(Runnable::run));
    }
}
