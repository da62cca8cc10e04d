package dev.unikernel.hypervisor.cloudhypervisor;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One request and its answer over a connection of its own, in bounded time.
 *
 * <p>The connection is never half-closed: micro_http answers nobody who will not write any more. An interrupt does not
 * cut an exchange short, and is kept for later.
 */
final class ApiExchange {

    /** How long after a head without a length a body is waited for. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private final ByteBuffer request;
    private final long deadline;
    private final ReplyBuffer answer = new ReplyBuffer();
    private long lastHeard;

    private ApiExchange(String request, Duration limit) {
        this.request = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /**
     * Sends {@code request} and reads the answer.
     *
     * @throws SocketTimeoutException if there is no whole answer within {@code limit}
     * @throws EOFException if the server closed the connection without one
     * @throws IOException if there is no such socket, nobody listens, or the answer is not HTTP
     */
    static ApiReply of(Path socket, String request, Duration limit) throws IOException {
        boolean interrupted = Thread.interrupted();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                // A Unix socket connects at once, or its queue is full.
                return new ApiReply(503, "the server's queue of connections is full");
            }
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            ApiExchange exchange = new ApiExchange(request, limit);
            while (true) {
                Optional<ApiReply> reply = exchange.goOn(channel, key);
                if (reply.isPresent()) {
                    return reply.get();
                }
                selector.select(exchange.patience());
                selector.selectedKeys().clear();
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Optional<ApiReply> goOn(SocketChannel channel, SelectionKey key) throws IOException {
        if (request.hasRemaining()) {
            write(channel);
            if (!request.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }
        boolean more = read(channel);
        Optional<ApiReply> whole = answer.whole();
        if (whole.isPresent()) {
            return whole;
        }
        Optional<ApiReply> unstated = answer.ofUnstatedLength();
        if (unstated.isPresent() && (!more || System.nanoTime() - lastHeard >= QUIET.toNanos())) {
            return unstated;
        }
        if (!more) {
            throw new EOFException("the connection was closed "
                    + (answer.isEmpty() ? "without an answer" : "in the middle of the answer"));
        }
        if (System.nanoTime() - deadline >= 0) {
            throw new SocketTimeoutException("no whole answer came in time");
        }
        return Optional.empty();
    }

    private void write(SocketChannel channel) {
        try {
            channel.write(request);
        } catch (IOException e) {
            // A server that has no room for us closes, after it has said so: that can still be read.
            request.position(request.limit());
        }
    }

    /** Whether more may come. */
    private boolean read(SocketChannel channel) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(16 * 1024);
        int count;
        while ((count = receive(channel, block)) > 0) {
            lastHeard = System.nanoTime();
            answer.add(block.array(), count);
            block.clear();
        }
        return count == 0;
    }

    /** What a server says before it closes counts, though the kernel calls that a reset if it has left our request unread. */
    private int receive(SocketChannel channel, ByteBuffer block) throws IOException {
        try {
            return channel.read(block);
        } catch (IOException e) {
            if (answer.isEmpty()) {
                throw e;
            }
            return -1;
        }
    }

    /** In milliseconds, at least 1. */
    private long patience() {
        long until = answer.ofUnstatedLength().isPresent() ? Math.min(deadline, lastHeard + QUIET.toNanos()) : deadline;
        return Math.max(1, (until - System.nanoTime()) / 1_000_000 + 1);
    }
}
