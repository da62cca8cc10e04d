package dev.unikernel.network.relay;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The bytes of one direction of a connection that are held back for a time, in order. To be used on the loop's thread. */
final class HeldBack {

    /** As a delay of 300 ms takes up at a hundred megabits; a sender of more waits. */
    private static final int CAPACITY = 4 << 20;

    private record Piece(long dueAt, ByteBuffer bytes) {}

    private final EventLoop loop;
    private final LongSupplier delayNanos;
    private final Runnable whenDue;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private int size;

    /** @param whenDue called when {@link #due} may have more to give */
    HeldBack(EventLoop loop, LongSupplier delayNanos, Runnable whenDue) {
        this.loop = loop;
        this.delayNanos = delayNanos;
        this.whenDue = whenDue;
    }

    /** Whether bytes need not be held back and overtake none. */
    boolean letsPass() {
        return pieces.isEmpty() && delayNanos.getAsLong() == 0;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    boolean isFull() {
        return size >= CAPACITY;
    }

    /** Takes all that remains in {@code bytes}, which may be the loop's own buffer. */
    void add(ByteBuffer bytes) {
        long dueAt = System.nanoTime() + delayNanos.getAsLong();
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        size += copy.remaining();
        pieces.add(new Piece(dueAt, copy));
        loop.executeAt(dueAt, whenDue);
    }

    /** The next bytes whose time has come; none while those before them are held back. */
    @Nullable
    ByteBuffer due() {
        Piece first = pieces.peek();
        if (first == null || first.dueAt - System.nanoTime() > 0) {
            return null;
        }
        pieces.remove();
        size -= first.bytes.remaining();
        return first.bytes;
    }
}
