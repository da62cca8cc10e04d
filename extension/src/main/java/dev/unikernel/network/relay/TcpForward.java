package dev.unikernel.network.relay;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Accepts a guest's TCP connections, and carries them once the guest itself has accepted. */
final class TcpForward implements EventLoop.Handler {

    private final Relay relay;
    private final ServerSocketChannel listener;
    private final Target target;

    TcpForward(Relay relay, ServerSocketChannel listener, Target target) {
        this.relay = relay;
        this.listener = listener;
        this.target = target;
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
            relay.loop().register(guest, SelectionKey.OP_READ, key -> answered(client, guest));
        } catch (IOException unreachable) {
            Sockets.reset(client);
        }
    }

    private void answered(SocketChannel client, SocketChannel guest) {
        ByteBuffer answer = ByteBuffer.allocate(1);
        try {
            if (guest.read(answer) == 1 && answer.get(0) == Frames.CONNECTED) {
                Splice.begin(relay.loop(), client, guest);
                return;
            }
        } catch (IOException broken) {
            // As good as a refusal.
        }
        Sockets.reset(client);
        Sockets.close(guest);
    }
}
