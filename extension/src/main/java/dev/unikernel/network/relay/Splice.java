package dev.unikernel.network.relay;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.LongSupplier;

/**
 * A TCP connection whose bytes go on in frames over a Unix socket, and back. Either direction can end before the other
 * (RFC 9293 section 3.6). What one socket does not take is kept, and until it does no more is read from the other: the
 * sender waits, as it would without a relay.
 */
final class Splice {

    /** So that a connection which never rests does not keep the others waiting. */
    private static final int READS_IN_A_ROW = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final EventLoop loop;
    private final SocketChannel plain;
    private final SocketChannel framed;
    private final SelectionKey plainKey;
    private final SelectionKey framedKey;
    private final Runnable ended;

    /** Read from {@link #plain}, and not taken by {@link #framed} yet. */
    private ByteBuffer outgoing = NOTHING;
    /** Read from {@link #framed}, with frame headers, and not taken by {@link #plain} yet. */
    private ByteBuffer incoming = NOTHING;

    /** Read from {@link #plain}, and held back. */
    private final HeldBack leaving;
    /** Read from {@link #framed}, and held back. */
    private final HeldBack arriving;

    private final ByteBuffer header = ByteBuffer.allocate(Frames.HEADER_SIZE);
    private int leftOfFrame;
    private boolean plainEnded;
    private boolean framedEnded;
    private boolean framedClosed;

    /**
     * Begins to carry. To be called on the loop's thread. Owns both channels from now on.
     *
     * @param plain the TCP connection, connected
     * @param framed the Unix socket, after what precedes the frames
     * @param delayNanos how long bytes are held back in each direction, from when they are read
     * @param ended what to do when both have been closed by this
     */
    static void begin(
            EventLoop loop, SocketChannel plain, SocketChannel framed, LongSupplier delayNanos, Runnable ended) {
        try {
            new Splice(loop, plain, framed, delayNanos, ended).watch();
        } catch (IOException failed) {
            Sockets.reset(plain);
            Sockets.close(framed);
            ended.run();
        }
    }

    private Splice(EventLoop loop, SocketChannel plain, SocketChannel framed, LongSupplier delayNanos, Runnable ended)
            throws IOException {
        this.loop = loop;
        this.plain = plain;
        this.framed = framed;
        this.ended = ended;
        this.leaving = new HeldBack(loop, delayNanos, this::released);
        this.arriving = new HeldBack(loop, delayNanos, this::released);
        // What a sender has sent goes on as it comes.
        plain.setOption(StandardSocketOptions.TCP_NODELAY, true);
        plainKey = loop.register(plain, 0, this::plainReady);
        framedKey = loop.register(framed, 0, this::framedReady);
    }

    private void plainReady(SelectionKey key) {
        try {
            if (key.isWritable()) {
                takeIn(incoming);
                takeInDue();
            }
            if (key.isReadable()) {
                readPlain();
            }
            watch();
        } catch (IOException broken) {
            breakOff();
        }
    }

    private void framedReady(SelectionKey key) {
        try {
            if (key.isWritable()) {
                framed.write(outgoing);
                sendDue();
            }
            if (key.isReadable()) {
                readFramed();
            }
            watch();
        } catch (IOException broken) {
            breakOff();
        }
    }

    /** When something that was held back may go on. */
    private void released() {
        if (!plain.isOpen() || !framed.isOpen()) {
            return;
        }
        try {
            sendDue();
            takeInDue();
            watch();
        } catch (IOException broken) {
            breakOff();
        }
    }

    private void sendDue() throws IOException {
        for (ByteBuffer due; !outgoing.hasRemaining() && (due = leaving.due()) != null; ) {
            send(due);
        }
    }

    private void takeInDue() throws IOException {
        for (ByteBuffer due; !incoming.hasRemaining() && (due = arriving.due()) != null; ) {
            takeIn(due);
            incoming = rest(due, incoming);
        }
        if (framedClosed) {
            requireEnds();
        }
    }

    private void readPlain() throws IOException {
        for (int reads = 0; reads < READS_IN_A_ROW && mayReadPlain(); reads++) {
            ByteBuffer frame = loop.buffer().position(Frames.HEADER_SIZE);
            int count = plain.read(frame);
            if (count == 0) {
                return;
            }
            if (count < 0) {
                plainEnded = true;
                pass(Frames.end());
                return;
            }
            pass(frame.putInt(0, count).flip());
        }
    }

    private boolean mayReadPlain() {
        return !plainEnded && !outgoing.hasRemaining() && !leaving.isFull();
    }

    private void pass(ByteBuffer frame) throws IOException {
        if (leaving.letsPass()) {
            send(frame);
        } else {
            leaving.add(frame);
        }
    }

    private void send(ByteBuffer frame) throws IOException {
        framed.write(frame);
        outgoing = rest(frame, outgoing);
    }

    private void readFramed() throws IOException {
        for (int reads = 0; reads < READS_IN_A_ROW && mayReadFramed(); reads++) {
            ByteBuffer frames = loop.buffer();
            int count = framed.read(frames);
            if (count == 0) {
                return;
            }
            if (count < 0) {
                framedClosed = true;
                requireEnds();
                return;
            }
            frames.flip();
            if (arriving.letsPass()) {
                takeIn(frames);
                incoming = rest(frames, incoming);
            } else {
                arriving.add(frames);
            }
        }
    }

    private boolean mayReadFramed() {
        return !framedClosed && !incoming.hasRemaining() && !arriving.isFull();
    }

    private void requireEnds() throws IOException {
        if (arriving.isEmpty() && !incoming.hasRemaining() && !(framedEnded && plainEnded)) {
            throw new IOException("the other side of the relay has broken the connection off");
        }
    }

    /** Writes what stands in frames as far as the TCP connection takes it. */
    private void takeIn(ByteBuffer frames) throws IOException {
        while (frames.hasRemaining()) {
            if (leftOfFrame == 0) {
                header.put(frames.get());
                if (!header.hasRemaining()) {
                    leftOfFrame = header.flip().getInt();
                    header.clear();
                    if (leftOfFrame == Frames.END) {
                        framedEnded = true;
                        plain.shutdownOutput();
                    }
                }
                continue;
            }
            int end = frames.limit();
            frames.limit(Math.min(end, frames.position() + leftOfFrame));
            int wanted = frames.remaining();
            int written = plain.write(frames);
            frames.limit(end);
            leftOfFrame -= written;
            if (written < wanted) {
                return;
            }
        }
    }

    /** What is left in {@code bytes}, which may be the loop's own buffer; {@code old} is used again if it is large enough. */
    private static ByteBuffer rest(ByteBuffer bytes, ByteBuffer old) {
        if (!bytes.hasRemaining()) {
            return old;
        }
        ByteBuffer kept = old.capacity() == 0 ? ByteBuffer.allocateDirect(EventLoop.BUFFER_SIZE) : old.clear();
        return kept.put(bytes).flip();
    }

    private void watch() {
        if (plainEnded && framedEnded && !outgoing.hasRemaining() && !incoming.hasRemaining() && leaving.isEmpty()) {
            Sockets.close(plain);
            Sockets.close(framed);
            ended.run();
            return;
        }
        plainKey.interestOps(
                (mayReadPlain() ? SelectionKey.OP_READ : 0) | (incoming.hasRemaining() ? SelectionKey.OP_WRITE : 0));
        framedKey.interestOps(
                (mayReadFramed() ? SelectionKey.OP_READ : 0) | (outgoing.hasRemaining() ? SelectionKey.OP_WRITE : 0));
    }

    private void breakOff() {
        Sockets.reset(plain);
        Sockets.close(framed);
        ended.run();
    }
}
