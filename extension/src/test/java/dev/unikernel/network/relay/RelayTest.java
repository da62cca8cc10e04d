package dev.unikernel.network.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides of a relay in one JVM; the guest is a server at another loopback address. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelayTest {

    private static final Inet4Address LOCAL = Ipv4.parse("127.77.254.1");
    private static final Inet4Address GUEST = Ipv4.parse("127.77.254.2");
    private static final int MEBIBYTE = 1 << 20;
    private static final Duration DELAY = Duration.ofMillis(200);

    @TempDir
    Path folder;

    private ServerSocketChannel listener;
    private Relay relay;
    private ServerSocket guest;
    private Forwarding forwarding;

    @BeforeEach
    void start() throws IOException {
        Path socket = folder.resolve("relay.sock");
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        GuestSide.serve(listener);
        relay = Relay.to(socket);
        guest = new ServerSocket(0, 600, GUEST);
        forwarding = relay.forward(LOCAL, GUEST, List.of(guest.getLocalPort()));
    }

    @AfterEach
    void stop() throws IOException {
        forwarding.close();
        relay.close();
        guest.close();
        listener.close();
    }

    @Test
    void requestAndAnswerPass() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            client.getOutputStream().write("request".getBytes());
            assertThat(accepted.getInputStream().readNBytes(7)).asString().isEqualTo("request");
            accepted.getOutputStream().write("answer".getBytes());
            assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("answer");
        }
    }

    @Test
    void theClientMayEndItsDirectionFirst() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertThat(accepted.getInputStream().readAllBytes()).containsExactly(1);
            accepted.getOutputStream().write(new byte[] {2, 3});
            accepted.close();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(2, 3);
        }
    }

    @Test
    void theGuestMayEndItsDirectionFirst() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            accepted.getOutputStream().write(1);
            accepted.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(1);
            client.getOutputStream().write(new byte[] {2, 3});
            client.close();
            assertThat(accepted.getInputStream().readAllBytes()).containsExactly(2, 3);
        }
    }

    @Test
    void aGuestThatBreaksOffIsNotTakenForOneThatHasSaidAll() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            accepted.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            accepted.setSoLinger(true, 0);
            accepted.close();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void aClientThatBreaksOffIsNotTakenForOneThatHasSaidAll() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            client.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            client.setSoLinger(true, 0);
            client.close();
            assertThatThrownBy(() -> accepted.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void whatTheGuestRefusesIsReset() throws IOException {
        guest.close();
        try (Socket client = connect()) {
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void withoutTheGuestsSideConnectionsAreReset() throws IOException {
        listener.close();
        try (Socket client = connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void manyBytesPassUnchangedInBothDirectionsAtOnce() throws Exception {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            CompletableFuture<byte[]> sentByClient = async(() -> send(client, 1, 40 * MEBIBYTE));
            CompletableFuture<byte[]> sentByGuest = async(() -> send(accepted, 2, 40 * MEBIBYTE));
            CompletableFuture<byte[]> seenByGuest = async(() -> receive(accepted));
            CompletableFuture<byte[]> seenByClient = async(() -> receive(client));
            assertThat(seenByGuest.join()).isEqualTo(sentByClient.join());
            assertThat(seenByClient.join()).isEqualTo(sentByGuest.join());
        }
    }

    /** Otherwise a guest that does not read would fill this JVM's memory. */
    @Test
    void aSenderWaitsForAReaderWhoDoesNotRead() throws Exception {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            AtomicLong sent = new AtomicLong();
            CompletableFuture<Void> sending = async(() -> {
                byte[] block = new byte[64 * 1024];
                OutputStream out = client.getOutputStream();
                for (int count = 0; count < 64 * 16; count++) {
                    out.write(block);
                    sent.addAndGet(block.length);
                }
                client.shutdownOutput();
                return null;
            });
            long stalledAt = awaitStall(sent);
            assertThat(stalledAt).isLessThan(40L * MEBIBYTE);
            assertThat(accepted.getInputStream().readAllBytes()).hasSize(64 * MEBIBYTE);
            sending.join();
        }
    }

    private static long awaitStall(AtomicLong sent) {
        long[] last = {-1};
        Awaitility.await().pollInterval(Duration.ofMillis(200)).until(() -> {
            boolean stalled = sent.get() == last[0];
            last[0] = sent.get();
            return stalled;
        });
        return last[0];
    }

    @Test
    void fiveHundredConnectionsAreOpenAtOnce() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int index = 0; index < 500; index++) {
                Socket client = connect();
                sockets.add(client);
                Socket accepted = guest.accept();
                sockets.add(accepted);
                client.getOutputStream().write(index);
            }
            for (int index = 0; index < 500; index++) {
                Socket accepted = sockets.get(2 * index + 1);
                int seen = accepted.getInputStream().read();
                assertThat(seen).isEqualTo(index & 0xff);
                accepted.getOutputStream().write(seen + 1);
                assertThat(sockets.get(2 * index).getInputStream().read()).isEqualTo((seen + 1) & 0xff);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> relay.forward(LOCAL, GUEST, List.of(guest.getLocalPort())))
                .isInstanceOf(NetworkException.class)
                .hasMessageStartingWith("TCP port " + guest.getLocalPort() + " at 127.77.254.1, under which")
                .hasMessageContaining("Address already in use");
    }

    @Test
    void whatIsClosedIsFreeAgain() {
        forwarding.close();
        Awaitility.await()
                .ignoreException(NetworkException.class)
                .until(() -> forwarding = relay.forward(LOCAL, GUEST, List.of(guest.getLocalPort())), again -> true);
    }

    /** A guest that was killed does not end its connections, and its address is used no more. */
    @RepeatedTest(10)
    void connectionsEndWithTheForwarding() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            forwarding.close();
            for (Socket end : List.of(client, accepted)) {
                assertThatThrownBy(() -> end.getInputStream().read())
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
        }
    }

    @Test
    void nothingStaysOpenForSendersOfDatagramsWhoseGuestIsGone() throws IOException {
        int before = openFiles();
        try (DatagramSocket server = new DatagramSocket(guest.getLocalPort(), GUEST);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            client.send(new DatagramPacket(new byte[1], 1, LOCAL, guest.getLocalPort()));
            server.receive(new DatagramPacket(new byte[1], 1));
        }
        assertThat(openFiles()).isGreaterThan(before);
        forwarding.close();
        // Less the two sockets at which it listened.
        Awaitility.await().untilAsserted(() -> assertThat(openFiles()).isLessThan(before));
    }

    private static int openFiles() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @RepeatedTest(20)
    void aRelayCanBeClosedWhileConnectionsCome() throws Exception {
        CompletableFuture<Void> connecting = async(() -> {
            for (int count = 0; count < 1_000_000; count++) {
                connect().close();
            }
            return null;
        });
        guest.accept();
        relay.close();
        assertThatThrownBy(connecting::join).hasMessageContaining("Connection re");
    }

    /** The longest that fits into an IPv4 packet has 65,507 bytes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_472, 65_507})
    void datagramsKeepTheirLimits(int length) throws IOException {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        try (DatagramSocket server = new DatagramSocket(guest.getLocalPort(), GUEST);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            client.send(new DatagramPacket(bytes, length, LOCAL, guest.getLocalPort()));
            DatagramPacket seen = new DatagramPacket(new byte[65_536], 65_536);
            server.receive(seen);
            assertThat(Arrays.copyOf(seen.getData(), seen.getLength())).isEqualTo(bytes);
            server.send(seen);
            DatagramPacket answer = new DatagramPacket(new byte[65_536], 65_536);
            client.receive(answer);
            assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(bytes);
            assertThat(answer.getSocketAddress()).isEqualTo(new InetSocketAddress(LOCAL, guest.getLocalPort()));
        }
    }

    @Test
    void eachSenderOfDatagramsGetsItsOwnAnswers() throws IOException {
        List<DatagramSocket> clients = new ArrayList<>();
        try (DatagramSocket server = new DatagramSocket(guest.getLocalPort(), GUEST)) {
            for (int index = 0; index < 300; index++) {
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                clients.add(client);
                client.send(new DatagramPacket(
                        new byte[] {(byte) index}, 1, new InetSocketAddress(LOCAL, guest.getLocalPort())));
                DatagramPacket seen = new DatagramPacket(new byte[1], 1);
                server.receive(seen);
                server.send(seen);
                client.receive(seen);
                assertThat(seen.getData()).containsExactly((byte) index);
            }
        } finally {
            clients.forEach(DatagramSocket::close);
        }
    }

    @Test
    void aDelayIsThereInBothDirectionsAndEndsForOpenConnections() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept()) {
            forwarding.delay(DELAY);
            long begin = System.nanoTime();
            client.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            assertThat(since(begin)).isGreaterThanOrEqualTo(DELAY);
            accepted.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            assertThat(since(begin)).isGreaterThanOrEqualTo(DELAY.multipliedBy(2));

            forwarding.delay(Duration.ofSeconds(50));
            forwarding.delay(Duration.ZERO);
            client.getOutputStream().write(3);
            assertThat(accepted.getInputStream().read()).isEqualTo(3);
            assertThat(since(begin)).isLessThan(Duration.ofSeconds(50));
        }
    }

    @Test
    void whatIsHeldBackIsNotOvertaken() throws IOException {
        try (Socket client = connect();
                Socket accepted = guest.accept();
                Forwarding prompt = relay.forward(Ipv4.parse("127.77.254.3"), GUEST, List.of(guest.getLocalPort()));
                Socket promptClient = new Socket("127.77.254.3", guest.getLocalPort());
                Socket promptlyAccepted = guest.accept()) {
            forwarding.delay(DELAY);
            long begin = System.nanoTime();
            client.getOutputStream().write(1);
            // To and fro on the same thread: when that is done, the relay has seen the first byte.
            promptClient.getOutputStream().write(0);
            promptlyAccepted
                    .getOutputStream()
                    .write(promptlyAccepted.getInputStream().read());
            assertThat(promptClient.getInputStream().read()).isZero();

            forwarding.delay(Duration.ZERO);
            client.getOutputStream().write(2);
            client.shutdownOutput();
            assertThat(accepted.getInputStream().readAllBytes()).containsExactly(1, 2);
            assertThat(since(begin)).isGreaterThanOrEqualTo(DELAY);
        }
    }

    @Test
    void manyDelayedBytesPassUnchangedWithTheirEnds() throws Exception {
        forwarding.delay(Duration.ofMillis(20));
        manyBytesPassUnchangedInBothDirectionsAtOnce();
    }

    @Test
    void aDelayedGuestThatBreaksOffIsNotTakenForOneThatHasSaidAll() throws IOException {
        forwarding.delay(DELAY);
        aGuestThatBreaksOffIsNotTakenForOneThatHasSaidAll();
    }

    @Test
    void aSenderWaitsForADelayedReaderWhoDoesNotRead() throws Exception {
        forwarding.delay(Duration.ofMillis(1));
        aSenderWaitsForAReaderWhoDoesNotRead();
    }

    @Test
    void datagramsAreDelayedInBothDirections() throws IOException {
        try (DatagramSocket server = new DatagramSocket(guest.getLocalPort(), GUEST);
                DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            forwarding.delay(DELAY);
            long begin = System.nanoTime();
            client.send(new DatagramPacket(new byte[] {7}, 1, LOCAL, guest.getLocalPort()));
            DatagramPacket seen = new DatagramPacket(new byte[1], 1);
            server.receive(seen);
            assertThat(since(begin)).isGreaterThanOrEqualTo(DELAY);
            server.send(seen);
            client.receive(seen);
            assertThat(seen.getData()).containsExactly(7);
            assertThat(since(begin)).isGreaterThanOrEqualTo(DELAY.multipliedBy(2));
        }
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private Socket connect() throws IOException {
        return new Socket(LOCAL, guest.getLocalPort());
    }

    private static byte[] send(Socket socket, int seed, int length) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        OutputStream out = new DigestOutputStream(socket.getOutputStream(), digest);
        Random random = new Random(seed);
        byte[] block = new byte[50_000];
        for (int left = length; left > 0; left -= block.length) {
            random.nextBytes(block);
            out.write(block, 0, Math.min(left, block.length));
        }
        socket.shutdownOutput();
        return digest.digest();
    }

    private static byte[] receive(Socket socket) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        InputStream in = new DataInputStream(new DigestInputStream(socket.getInputStream(), digest));
        byte[] block = new byte[30_000];
        while (in.read(block) >= 0) {
            // The digest sees it.
        }
        return digest.digest();
    }

    private static <T> CompletableFuture<T> async(Callable<T> task) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                command -> new Thread(command).start());
    }
}
