package dev.unikernel.network.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Datagrams in frames over a Unix socket. To be used on the loop's thread. */
final class DatagramLink implements EventLoop.Handler, AutoCloseable {

    /** Takes the datagrams that come over the link. */
    @FunctionalInterface
    interface Receiver {

        void receive(ByteBuffer datagram) throws IOException;
    }

    private static final int LONGEST_DATAGRAM = 65_535;

    private final SocketChannel channel;
    private final Receiver receiver;
    private final Runnable whenClosed;
    private final ByteBuffer frames = ByteBuffer.allocate(Frames.HEADER_SIZE + LONGEST_DATAGRAM);

    /** Of a frame that the socket took in part: the rest must follow, or nothing after it is understood. */
    private ByteBuffer unsent = ByteBuffer.allocate(0);

    private DatagramLink(SocketChannel channel, Receiver receiver, Runnable whenClosed) {
        this.channel = channel;
        this.receiver = receiver;
        this.whenClosed = whenClosed;
    }

    /** Owns {@code channel} from now on. */
    static DatagramLink over(EventLoop loop, SocketChannel channel, Receiver receiver) throws IOException {
        return over(loop, channel, receiver, () -> {});
    }

    static DatagramLink over(EventLoop loop, SocketChannel channel, Receiver receiver, Runnable whenClosed)
            throws IOException {
        DatagramLink link = new DatagramLink(channel, receiver, whenClosed);
        loop.register(channel, SelectionKey.OP_READ, link);
        return link;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Sends a frame, or drops it if the link is full. */
    void send(ByteBuffer frame) {
        try {
            if (unsent.hasRemaining() && channel.write(unsent) >= 0 && unsent.hasRemaining()) {
                return;
            }
            channel.write(frame);
            if (frame.hasRemaining() && frame.position() > 0) {
                unsent = ByteBuffer.allocate(frame.remaining()).put(frame).flip();
            }
        } catch (IOException broken) {
            close();
        }
    }

    @Override
    public void ready(SelectionKey key) {
        try {
            if (channel.read(frames) < 0) {
                close();
                return;
            }
            frames.flip();
            while (frames.remaining() >= Frames.HEADER_SIZE) {
                int length = frames.getInt(frames.position());
                if (length < 0 || length > LONGEST_DATAGRAM) {
                    close();
                    return;
                }
                if (frames.remaining() < Frames.HEADER_SIZE + length) {
                    break;
                }
                ByteBuffer datagram = frames.slice(frames.position() + Frames.HEADER_SIZE, length);
                frames.position(frames.position() + Frames.HEADER_SIZE + length);
                deliver(datagram);
            }
            frames.compact();
        } catch (IOException broken) {
            close();
        }
    }

    private void deliver(ByteBuffer datagram) {
        try {
            receiver.receive(datagram);
        } catch (IOException lost) {
            // As when there is nobody at the port: ICMP says so, and the next one may arrive.
        }
    }

    @Override
    public void close() {
        Sockets.close(channel);
        whenClosed.run();
    }
}
