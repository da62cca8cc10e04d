package dev.unikernel.bench;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Requests to a running guest over one kept connection, each answered by the bytes that it carries. */
final class Conversation implements Contestant, AutoCloseable {

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Vm vm;
    private final Socket socket;
    private final InputStream in;
    private final byte[] request;
    private final byte[] body;
    private final int requests;

    private Conversation(Vm vm, Socket socket, int length, int requests) throws IOException {
        this.vm = vm;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        this.requests = requests;
        this.body = new byte[length];
        Arrays.fill(body, (byte) 'x');
        byte[] head = ("POST /echo HTTP/1.1\r\nHost: guest\r\nContent-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        this.request = Arrays.copyOf(head, head.length + length);
        System.arraycopy(body, 0, request, head.length, length);
    }

    /**
     * @param length how many bytes each request carries, 1 to some 30000
     * @param requests how many make a run
     */
    static Conversation with(Guest guest, VmLauncher launcher, int length, int requests) {
        Vm vm = launcher.start(guest.spec());
        try {
            Socket socket = new Socket(vm.address(), vm.port());
            socket.setTcpNoDelay(true);
            Conversation conversation = new Conversation(vm, socket, length, requests);
            conversation.run(); // warms up
            return conversation;
        } catch (IOException e) {
            vm.close();
            throw new BenchException("the guest cannot be spoken to: " + e, e);
        }
    }

    /** The time of one request. */
    @Override
    public Duration run() {
        try {
            long started = System.nanoTime();
            for (int count = 0; count < requests; count++) {
                socket.getOutputStream().write(request);
                skipHead();
                byte[] answer = in.readNBytes(body.length);
                if (!Arrays.equals(answer, body)) {
                    throw new BenchException("the guest answered something else than it was sent");
                }
            }
            return Duration.ofNanos((System.nanoTime() - started) / requests);
        } catch (IOException e) {
            throw new BenchException("the guest broke off: " + e, e);
        }
    }

    private void skipHead() throws IOException {
        for (int matched = 0; matched < END_OF_HEAD.length; ) {
            int next = in.read();
            if (next < 0) {
                throw new BenchException("the guest closed the connection");
            }
            if (next == END_OF_HEAD[matched]) {
                matched++;
            } else {
                matched = next == END_OF_HEAD[0] ? 1 : 0;
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new BenchException("the connection was not closed: " + e, e);
        } finally {
            vm.close();
        }
    }
}
