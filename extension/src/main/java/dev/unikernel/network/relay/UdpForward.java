package dev.unikernel.network.relay;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Receives a guest's datagrams; each sender has a port of its own at the other side, so that the guest's answers find back.
 * As UDP does, it drops what cannot be carried at once.
 */
final class UdpForward implements EventLoop.Handler, AutoCloseable {

    private static final int MOST_HELD_BACK = 1_000;

    /** The sender that was silent for longest makes room. */
    private static final int MOST_SENDERS = 256;

    private final Relay relay;
    private final DatagramChannel local;
    private final Target target;
    private final LongSupplier delayNanos;
    private int heldBack;
    private final Map<SocketAddress, DatagramLink> links = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SocketAddress, DatagramLink> eldest) {
            if (size() > MOST_SENDERS) {
                eldest.getValue().close();
                return true;
            }
            return false;
        }
    };

    UdpForward(Relay relay, DatagramChannel local, Target target, LongSupplier delayNanos) {
        this.relay = relay;
        this.local = local;
        this.target = target;
        this.delayNanos = delayNanos;
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            while (true) {
                ByteBuffer frame = relay.loop().buffer().position(Frames.HEADER_SIZE);
                SocketAddress sender = local.receive(frame);
                if (sender == null) {
                    return;
                }
                frame.putInt(0, frame.position() - Frames.HEADER_SIZE).flip();
                afterDelay(frame, bytes -> link(sender).send(bytes));
            }
        } catch (IOException lost) {
            // This datagram is.
        }
    }

    /** More than a queue of a network would hold back are dropped. */
    private void afterDelay(ByteBuffer bytes, DatagramLink.Receiver next) throws IOException {
        long delay = delayNanos.getAsLong();
        if (delay == 0) {
            next.receive(bytes);
        } else if (heldBack < MOST_HELD_BACK) {
            heldBack++;
            ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            relay.loop().executeAt(System.nanoTime() + delay, () -> release(copy, next));
        }
    }

    private void release(ByteBuffer bytes, DatagramLink.Receiver next) {
        heldBack--;
        if (!local.isOpen()) {
            return;
        }
        try {
            next.receive(bytes);
        } catch (IOException lost) {
            // This datagram is.
        }
    }

    private DatagramLink link(SocketAddress sender) throws IOException {
        DatagramLink known = links.get(sender);
        if (known != null && known.isOpen()) {
            return known;
        }
        DatagramLink link = DatagramLink.over(
                relay.loop(),
                relay.connect(target),
                datagram -> afterDelay(datagram, bytes -> local.send(bytes, sender)));
        links.put(sender, link);
        return link;
    }

    /** Forgets all senders. To be called on the loop's thread. */
    @Override
    public void close() {
        links.values().forEach(DatagramLink::close);
        links.clear();
    }
}
