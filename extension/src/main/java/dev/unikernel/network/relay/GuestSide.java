package dev.unikernel.network.relay;

import static java.lang.System.Logger.Level.DEBUG;

import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The guests' side: takes what the {@link Relay} sends over its Unix socket to the guests. */
public final class GuestSide implements EventLoop.Handler {

    private final EventLoop loop;
    private final ServerSocketChannel listener;

    private GuestSide(EventLoop loop, ServerSocketChannel listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Serves all that connect to {@code listener}, to the end of this JVM.
     *
     * @throws NetworkException if this JVM has no file descriptor left
     */
    public static void serve(ServerSocketChannel listener) {
        try {
            EventLoop loop = EventLoop.start();
            loop.execute(() -> {
                try {
                    loop.register(listener, SelectionKey.OP_ACCEPT, new GuestSide(loop, listener));
                } catch (IOException closed) {
                    log().log(DEBUG, "the relay's socket was closed", closed);
                }
            });
        } catch (IOException failed) {
            throw new NetworkException("no relay can be started: " + failed, failed);
        }
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            for (SocketChannel framed; (framed = listener.accept()) != null; ) {
                SocketChannel accepted = framed;
                ByteBuffer target = ByteBuffer.allocate(Target.SIZE);
                loop.register(accepted, SelectionKey.OP_READ, told -> told(accepted, target));
            }
        } catch (IOException failed) {
            log().log(DEBUG, "a relayed connection was not accepted", failed);
        }
    }

    private void told(SocketChannel framed, ByteBuffer target) {
        try {
            if (framed.read(target) < 0) {
                Sockets.close(framed);
            } else if (!target.hasRemaining()) {
                connect(framed, Target.read(target.flip()));
            }
        } catch (IOException | IllegalArgumentException broken) {
            Sockets.close(framed);
        }
    }

    private void connect(SocketChannel framed, Target target) throws IOException {
        switch (target.protocol()) {
            case TCP -> connectTcp(framed, target);
            case UDP -> connectUdp(framed, target);
        }
    }

    private void connectTcp(SocketChannel framed, Target target) throws IOException {
        SocketChannel guest = SocketChannel.open();
        guest.configureBlocking(false);
        // Silence until the guest has decided.
        loop.register(framed, 0, key -> {});
        try {
            guest.connect(target.socketAddress());
            loop.register(guest, SelectionKey.OP_CONNECT, key -> connected(framed, guest));
        } catch (IOException refused) {
            refuse(framed, guest);
        }
    }

    private void connected(SocketChannel framed, SocketChannel guest) {
        try {
            guest.finishConnect();
            framed.write(ByteBuffer.wrap(new byte[] {Frames.CONNECTED}));
            Splice.begin(loop, guest, framed, () -> 0, () -> {});
        } catch (IOException refused) {
            refuse(framed, guest);
        }
    }

    private static void refuse(SocketChannel framed, SocketChannel guest) {
        try {
            framed.write(ByteBuffer.wrap(new byte[] {Frames.REFUSED}));
        } catch (IOException gone) {
            // Then nobody waits for it.
        }
        Sockets.close(framed);
        // It may have accepted, when the other side was gone already.
        Sockets.reset(guest);
    }

    private void connectUdp(SocketChannel framed, Target target) throws IOException {
        // Not connected, since a connected one sends no empty datagrams.
        DatagramChannel guest =
                DatagramChannel.open(StandardProtocolFamily.INET).bind(null);
        try {
            SocketAddress address = target.socketAddress();
            DatagramLink link = DatagramLink.over(
                    loop, framed, datagram -> guest.send(datagram, address), () -> Sockets.close(guest));
            loop.register(guest, SelectionKey.OP_READ, key -> receive(guest, address, link));
        } catch (IOException failed) {
            Sockets.close(guest);
            throw failed;
        }
    }

    private void receive(DatagramChannel guest, SocketAddress address, DatagramLink link) {
        try {
            ByteBuffer frame = loop.buffer().position(Frames.HEADER_SIZE);
            if (address.equals(guest.receive(frame))) {
                link.send(frame.putInt(0, frame.position() - Frames.HEADER_SIZE).flip());
            }
        } catch (IOException failed) {
            log().log(DEBUG, "a datagram of {0} was not received: {1}", address, failed);
        }
    }

    private static System.Logger log() {
        return System.getLogger(GuestSide.class.getName());
    }
}
