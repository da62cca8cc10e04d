package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PortProbeTest {

    private ServerSocket server;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : accepted) {
            socket.close();
        }
        server.close();
    }

    @Test
    void anyStatusIsEnoughUnlessOneIsAskedFor() {
        answerEach("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            assertThat(until(probe, Duration.ofSeconds(5))).isTrue();
            assertThat(probe.firstConnectedAt()).isPresent();
        }
    }

    @Test
    void anotherStatusThanTheOneAskedForIsRememberedAsWrong() {
        answerEach("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        try (PortProbe probe = probe(ReadyWhen.http("/", 200), false)) {
            pollUntilSeen(probe, "HTTP status 503");
            assertThat(probe.wrongAnswer()).contains("HTTP status 503");
        }
    }

    @Test
    void aWrongAnswerSlowsTheQuestionsDown() {
        answerEach("HTTP/1.1 503 Service Unavailable\r\n\r\n");
        try (PortProbe probe = probe(ReadyWhen.http("/", 200), false)) {
            until(probe, Duration.ofMillis(400));
        }
        // after 0, 10, 30, 70, 150, 310 ms and then no oftener than twice a second
        assertThat(accepted).hasSizeBetween(1, 8);
    }

    @Test
    void anAnswerThatIsNotHttpIsShownWithItsControlCharactersMadeVisible() {
        answerEach("\u0001SSH-2.0-dropbear\r\n");
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            pollUntilSeen(probe, "an answer that is not HTTP: '.SSH-2.0-dropbear..'");
        }
    }

    @Test
    void aShortAnswerIsJudgedWhenTheConnectionEnds() {
        answerEach("HTTP/1.0 200");
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            assertThat(until(probe, Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void aConnectionClosedWithoutAnAnswerIsNoWrongAnswer() {
        answerEach("");
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            pollUntilSeen(
                    probe,
                    "the connection was closed without an answer",
                    "the connection broke: Connection reset",
                    "the connection broke: Connection reset by peer");
            assertThat(probe.wrongAnswer()).isEmpty();
        }
    }

    @Test
    void anAcceptedConnectionIsEnoughForTcp() {
        try (PortProbe probe = probe(ReadyWhen.tcp(), false)) {
            assertThat(until(probe, Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void nothingListeningIsSaid() throws IOException {
        server.close();
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            pollUntilSeen(probe, "the connection was not accepted: Connection refused");
            assertThat(probe.firstConnectedAt()).isEmpty();
        }
    }

    @Test
    void aGuestThatAnswersSlowlyIsNotFlooded() {
        acceptAndStaySilent();
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            until(probe, Duration.ofMillis(700));
        }
        assertThat(accepted).hasSize(1);
    }

    @Test
    void behindAForwarderTheQuestionIsRepeatedWithPatienceThatDoubles() {
        acceptAndStaySilent();
        try (PortProbe probe = probe(ReadyWhen.http(), true)) {
            until(probe, Duration.ofMillis(500));
        }
        // at 0, 30, 90, 210 and 450 ms
        assertThat(accepted).hasSizeBetween(2, 5);
    }

    @Test
    void atMostTwoQuestionsAreOpenAtATime() {
        acceptAndStaySilent();
        try (PortProbe probe = probe(ReadyWhen.http(), true)) {
            pollUntil(probe, () -> accepted.size() >= 4);
            assertThat(accepted.stream().filter(PortProbeTest::isOpen)).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void questionIsAWholeRequestOfHttp() throws IOException {
        acceptAndStaySilent();
        try (PortProbe probe = probe(ReadyWhen.http("/health?deep=1"), false)) {
            pollUntilSeen(probe, "the connection was accepted, but the request was not answered");
        }
        assertThat(new String(accepted.get(0).getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("GET /health?deep=1 HTTP/1.1\r\n")
                .contains("\r\nHost: 127.0.0.1:" + server.getLocalPort() + "\r\n")
                .contains("\r\nConnection: close\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void questionThatWasAnsweredIsClosed() throws IOException {
        serve(socket -> socket.getOutputStream()
                .write("HTTP/1.1 503 Service Unavailable\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        try (PortProbe probe = probe(ReadyWhen.http("/", 200), false)) {
            pollUntilSeen(probe, "HTTP status 503");
            assertThat(isOpen(accepted.get(0))).isFalse();
        }
    }

    @Test
    void pollWaitsForTheAnswer() {
        acceptAndStaySilent();
        try (PortProbe probe = probe(ReadyWhen.http(), false)) {
            pollUntilSeen(probe, "the connection was accepted, but the request was not answered");
            long before = System.nanoTime();
            probe.poll(Duration.ofMillis(50));

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(49));
        }
    }

    @Test
    void connectThatIsNotAnsweredIsGivenUpAndTriedAgain() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress target = new InetSocketAddress(full.getInetAddress(), full.getLocalPort());
            // Linux queues one more than it is told to, and does not answer any further connect.
            for (int queued = 0; queued < 2; queued++) {
                Socket socket = new Socket();
                accepted.add(socket);
                socket.connect(target);
            }
            try (PortProbe probe = new PortProbe(target, ReadyWhen.tcp(), false)) {
                long before = System.nanoTime();
                pollUntilSeen(probe, "no answer to a connect within 100 ms");
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(99));
                assertThat(probe.firstConnectedAt()).isEmpty();

                accepted.add(full.accept());
                accepted.add(full.accept());
                assertThat(until(probe, Duration.ofSeconds(5))).isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - before))
                        .as("Linux repeats a connect after 1 s")
                        .isLessThan(Duration.ofMillis(900));
            }
        }
    }

    @Test
    void aForwarderThatClosesAtOnceIsAskedForAsLongAsItTakes() {
        answerEach("");
        try (PortProbe probe = probe(ReadyWhen.http(), true)) {
            pollUntil(probe, () -> accepted.size() > 100);
        }
    }

    private PortProbe probe(ReadyWhen wanted, boolean behindForwarder) {
        return new PortProbe(
                new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), wanted, behindForwarder);
    }

    /** Polls until the last that was seen is one of these; the wish is not met meanwhile. */
    private static void pollUntilSeen(PortProbe probe, String... lastSeen) {
        pollUntil(probe, () -> List.of(lastSeen).contains(probe.lastSeen()));
    }

    private static void pollUntil(PortProbe probe, BooleanSupplier condition) {
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> {
                    assertThat(probe.poll(Duration.ofMillis(2))).isFalse();
                    return condition.getAsBoolean();
                });
    }

    /** Whether the other side has not closed it. */
    private static boolean isOpen(Socket socket) {
        try {
            socket.setSoTimeout(100);
            socket.getInputStream().readAllBytes();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean until(PortProbe probe, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            if (probe.poll(Duration.ofMillis(2))) {
                return true;
            }
        }
        return false;
    }

    private void answerEach(String answer) {
        serve(socket -> {
            byte[] request = new byte[1024];
            if (socket.getInputStream().read(request) > 0) {
                OutputStream out = socket.getOutputStream();
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
            socket.close();
        });
    }

    private void acceptAndStaySilent() {
        serve(socket -> {});
    }

    private void serve(Service service) {
        Thread thread = new Thread(() -> {
            while (true) {
                try {
                    Socket socket = server.accept();
                    accepted.add(socket);
                    service.to(socket);
                } catch (IOException e) {
                    if (server.isClosed()) {
                        return;
                    }
                    throw new UncheckedIOException(e);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Service {
        void to(Socket socket) throws IOException;
    }
}
