package dev.unikernel.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a guest's port for the wanted sign of life, again and again, never blocking for longer than it is allowed to.
 *
 * <p>A request that was accepted stays open until it is answered or closed, so that a slow guest is not flooded: a new
 * one is opened only after a patience that doubles, and at most two are open. The first patience is short behind a
 * forwarder, which accepts connections that the guest never sees.
 */
final class PortProbe implements AutoCloseable {

    /** How long a connect may take. A longer wait would hide behind a lost SYN, which Linux repeats after 1 s. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(100);

    private static final Duration FIRST_PATIENCE = Duration.ofSeconds(1);
    private static final Duration FIRST_PATIENCE_BEHIND_FORWARDER = Duration.ofMillis(30);
    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final int MOST_OPEN = 2;

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/\\d\\.\\d (\\d{3})\\b");
    private static final int ENOUGH_TO_JUDGE = "HTTP/1.1 200 ".length();

    private final InetSocketAddress target;
    private final ReadyWhen wanted;
    private final Selector selector;
    private final Deque<Connection> open = new ArrayDeque<>();
    private Duration patience;
    private Duration pause = FIRST_PAUSE;
    private long nextOpenAt = System.nanoTime();
    private OptionalLong firstConnectedAt = OptionalLong.empty();
    private Optional<String> wrongAnswer = Optional.empty();
    private String lastSeen = "nothing was tried yet";

    PortProbe(InetSocketAddress target, ReadyWhen wanted, boolean behindForwarder) {
        this.target = target;
        this.wanted = wanted;
        this.patience = behindForwarder ? FIRST_PATIENCE_BEHIND_FORWARDER : FIRST_PATIENCE;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Goes on with what is open, waits at most {@code wait} for something to happen, and tells whether the wish is met. */
    boolean poll(Duration wait) {
        openIfDue();
        if (!open.isEmpty()) {
            try {
                selector.select(wait.toMillis());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            selector.selectedKeys().clear();
        }
        for (Connection connection : List.copyOf(open)) {
            if (advance(connection)) {
                return true;
            }
        }
        return false;
    }

    /** When a connection was first accepted, on the clock of {@link System#nanoTime}. */
    OptionalLong firstConnectedAt() {
        return firstConnectedAt;
    }

    /** The last answer which was not the wanted one, in words. */
    Optional<String> wrongAnswer() {
        return wrongAnswer;
    }

    /** What the last connection came to, in words; one that has just been made has not come to anything yet. */
    String lastSeen() {
        long now = System.nanoTime();
        boolean unanswered = open.stream()
                .anyMatch(connection -> connection.connected && now - connection.openedAt > CONNECT_TIMEOUT.toNanos());
        return unanswered ? "the connection was accepted, but the request was not answered" : lastSeen;
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(this::drop);
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void openIfDue() {
        if (System.nanoTime() - nextOpenAt < 0 || open.stream().anyMatch(connection -> !connection.connected)) {
            return;
        }
        if (!open.isEmpty() && patience.compareTo(LONGEST_PATIENCE) < 0) {
            patience = patience.multipliedBy(2);
        }
        if (open.size() >= MOST_OPEN) {
            drop(open.getFirst());
        }
        try {
            Connection connection = new Connection(SocketChannel.open(), System.nanoTime());
            open.addLast(connection);
            try {
                connection.channel.configureBlocking(false);
                connection.channel.connect(target);
                connection.channel.register(selector, SelectionKey.OP_CONNECT);
            } catch (IOException e) {
                failed(connection, e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no socket can be opened to probe " + target, e);
        }
    }

    private boolean advance(Connection connection) {
        try {
            return connection.connected ? read(connection) : finishConnect(connection);
        } catch (IOException e) {
            failed(connection, e);
            return false;
        }
    }

    private boolean finishConnect(Connection connection) throws IOException {
        long now = System.nanoTime();
        if (!connection.channel.finishConnect()) {
            if (now - connection.openedAt > CONNECT_TIMEOUT.toNanos()) {
                lastSeen = "no answer to a connect within " + CONNECT_TIMEOUT.toMillis() + " ms";
                drop(connection);
            }
            return false;
        }
        connection.connected = true;
        if (firstConnectedAt.isEmpty()) {
            firstConnectedAt = OptionalLong.of(now);
        }
        if (!(wanted instanceof ReadyWhen.Http http)) {
            return true;
        }
        nextOpenAt = now + patience.toNanos();
        // A fresh connection takes a request of this size whole.
        connection.channel.write(ByteBuffer.wrap(request(http)));
        connection.channel.keyFor(selector).interestOps(SelectionKey.OP_READ);
        return false;
    }

    private byte[] request(ReadyWhen.Http http) {
        String host = target.getAddress().getHostAddress() + ":" + target.getPort();
        return ("GET " + http.path() + " HTTP/1.1\r\nHost: " + host
                        + "\r\nUser-Agent: unikernel-junit\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private boolean read(Connection connection) throws IOException {
        boolean ended = connection.channel.read(connection.answer) < 0;
        if (!ended && connection.answer.position() < ENOUGH_TO_JUDGE) {
            return false;
        }
        drop(connection);
        if (connection.answer.position() == 0) {
            lastSeen = "the connection was closed without an answer";
            nextOpenAt = System.nanoTime();
            return false;
        }
        return judge(
                new String(connection.answer.array(), 0, connection.answer.position(), StandardCharsets.ISO_8859_1));
    }

    private boolean judge(String answer) {
        Matcher status = STATUS_LINE.matcher(answer);
        if (status.lookingAt() && wanted instanceof ReadyWhen.Http http) {
            int code = Integer.parseInt(status.group(1));
            if (http.status().isEmpty() || http.status().getAsInt() == code) {
                return true;
            }
            lastSeen = "HTTP status " + code;
        } else {
            lastSeen = "an answer that is not HTTP: '" + answer.replaceAll("[^\\x20-\\x7e]", ".") + "'";
        }
        wrongAnswer = Optional.of(lastSeen);
        nextOpenAt = System.nanoTime() + pause.toNanos();
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
        return false;
    }

    private void failed(Connection connection, IOException e) {
        lastSeen = (connection.connected ? "the connection broke: " : "the connection was not accepted: ")
                + e.getMessage();
        drop(connection);
        nextOpenAt = System.nanoTime();
    }

    private void drop(Connection connection) {
        open.remove(connection);
        try {
            connection.channel.close();
        } catch (IOException e) {
            lastSeen = lastSeen + " (closing it failed: " + e.getMessage() + ")";
        }
    }

    private static final class Connection {
        final SocketChannel channel;
        final long openedAt;
        final ByteBuffer answer = ByteBuffer.allocate(128);
        boolean connected;

        Connection(SocketChannel channel, long openedAt) {
            this.channel = channel;
            this.openedAt = openedAt;
        }
    }
}
