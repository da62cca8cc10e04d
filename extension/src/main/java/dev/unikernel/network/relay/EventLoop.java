package dev.unikernel.network.relay;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * One thread that serves all connections of a relay. Everything that belongs to a connection is touched by this thread
 * alone.
 */
final class EventLoop implements AutoCloseable {

    /** What is done when a channel is ready. */
    @FunctionalInterface
    interface Handler {

        void ready(SelectionKey key);
    }

    private record Timed(long at, Runnable task) {}

    /** A good deal of what a socket takes at once; one for all connections, as it is empty between two events. */
    static final int BUFFER_SIZE = 128 * 1024;

    private static final long JOIN_MILLIS = 1_000;

    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timed> timed = new PriorityQueue<>((one, other) -> Long.signum(one.at - other.at));
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final Thread thread = new Thread(this::run, "unikernel-relay");
    private volatile boolean closed;

    private EventLoop(Selector selector) {
        this.selector = selector;
        thread.setDaemon(true);
    }

    static EventLoop start() throws IOException {
        EventLoop loop = new EventLoop(Selector.open());
        loop.thread.start();
        return loop;
    }

    /** Runs {@code task} on the loop's thread, soon; not at all if the loop has been closed. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Runs {@code task} when {@link System#nanoTime} is {@code at}, or later. To be called on the loop's thread. */
    void executeAt(long at, Runnable task) {
        timed.add(new Timed(at, task));
    }

    /** To be called on the loop's thread. */
    SelectionKey register(SelectableChannel channel, int interest, Handler handler) throws IOException {
        channel.configureBlocking(false);
        return channel.register(selector, interest, handler);
    }

    /** An empty buffer for use until the end of the current event. To be called on the loop's thread. */
    ByteBuffer buffer() {
        return buffer.clear();
    }

    private void run() {
        try (selector) {
            while (!closed) {
                select();
                for (Timed first; (first = timed.peek()) != null && first.at - System.nanoTime() <= 0; ) {
                    timed.remove().task.run();
                }
                for (Runnable task; (task = tasks.poll()) != null; ) {
                    task.run();
                }
            }
            // By this thread, as no other may look at the keys while it adds some.
            selector.keys().forEach(key -> Sockets.close(key.channel()));
        } catch (IOException failed) {
            System.getLogger(EventLoop.class.getName()).log(WARNING, "the relay has ended", failed);
        }
    }

    private void select() throws IOException {
        Timed first = timed.peek();
        if (first == null) {
            selector.select(EventLoop::serve);
            return;
        }
        long nanos = first.at - System.nanoTime();
        if (nanos <= 0) {
            selector.selectNow(EventLoop::serve);
        } else {
            // Rather a moment too late than several times too early.
            selector.select(EventLoop::serve, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
        }
    }

    private static void serve(SelectionKey key) {
        // An event before this one may have closed its channel.
        if (key.isValid()) {
            ((Handler) key.attachment()).ready(key);
        }
    }

    /** Ends the thread and closes all channels. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            if (Thread.currentThread() != thread) {
                thread.join(JOIN_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
