package dev.unikernel.network.relay;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Accepts a guest's TCP connections, and carries them once the guest itself has accepted. */
final class TcpForward implements EventLoop.Handler, AutoCloseable {

    private final Relay relay;
    private final ServerSocketChannel listener;
    private final Target target;
    private final LongSupplier delayNanos;

    /** Connections that have not ended: the client's, and that to the guests' side. */
    private final Map<SocketChannel, SocketChannel> open = new HashMap<>();

    TcpForward(Relay relay, ServerSocketChannel listener, Target target, LongSupplier delayNanos) {
        this.relay = relay;
        this.listener = listener;
        this.target = target;
        this.delayNanos = delayNanos;
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            for (SocketChannel client; (client = listener.accept()) != null; ) {
                forward(client);
            }
        } catch (IOException closed) {
            System.getLogger(TcpForward.class.getName()).log(DEBUG, "no connection was accepted for {0}", target);
        }
    }

    private void forward(SocketChannel client) {
        try {
            SocketChannel guest = relay.connect(target);
            open.put(client, guest);
            relay.loop().register(guest, SelectionKey.OP_READ, key -> answered(client, guest));
        } catch (IOException unreachable) {
            Sockets.reset(client);
        }
    }

    private void answered(SocketChannel client, SocketChannel guest) {
        ByteBuffer answer = ByteBuffer.allocate(1);
        try {
            if (guest.read(answer) == 1 && answer.get(0) == Frames.CONNECTED) {
                Splice.begin(relay.loop(), client, guest, delayNanos, () -> open.remove(client));
                return;
            }
        } catch (IOException broken) {
            // As good as a refusal.
        }
        open.remove(client);
        Sockets.reset(client);
        Sockets.close(guest);
    }

    /** Resets all connections. To be called on the loop's thread. */
    @Override
    public void close() {
        open.forEach((client, guest) -> {
            Sockets.reset(client);
            Sockets.close(guest);
        });
        open.clear();
    }
}
