package dev.unikernel.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of this JVM at 127.0.0.1, as a test's fake of some service is: one page of so many bytes, for guests to fetch. */
final class LoopbackServer implements AutoCloseable {

    private static final int FNV_BASIS = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    private final byte[] answer;

    LoopbackServer(int bytes) throws IOException {
        byte[] head = "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n".getBytes(US_ASCII);
        answer = new byte[head.length + bytes];
        new Random(bytes).nextBytes(answer);
        System.arraycopy(head, 0, answer, 0, head.length);
        start(this::acceptAll);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "loopback-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = socket.accept();
                connections.incrementAndGet();
                start(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader request = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            for (String line = request.readLine(); line != null && !line.isEmpty(); ) {
                line = request.readLine();
            }
            client.getOutputStream().write(answer);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** What has a fixture guest, whose peer this machine is, fetch the page. */
    String fetchPath() {
        return "/fetch/" + socket.getLocalPort() + "/page";
    }

    /** What a fixture guest says of the page when it has all of it. */
    String fetched() {
        int hash = FNV_BASIS;
        for (byte each : answer) {
            hash = (hash ^ (each & 0xff)) * FNV_PRIME;
        }
        return "done " + answer.length + " " + Integer.toUnsignedString(hash);
    }

    /** How many there have been. */
    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
