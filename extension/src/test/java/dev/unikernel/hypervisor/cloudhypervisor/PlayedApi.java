package dev.unikernel.hypervisor.cloudhypervisor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server at a Unix socket that plays one scene for each connection, the last one again and again. */
final class PlayedApi implements AutoCloseable {

    /** What happens on one connection, up to its end. */
    interface Scene {
        void play(SocketChannel connection, PlayedApi api) throws IOException, InterruptedException;
    }

    private final ServerSocketChannel server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private final Thread thread;

    private PlayedApi(Path socket, List<Scene> scenes) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = new Thread(() -> serve(scenes), "played-api");
        thread.start();
    }

    static PlayedApi at(Path socket, Scene... scenes) throws IOException {
        return new PlayedApi(socket, List.of(scenes));
    }

    /** Reads the request, writes {@code text} and leaves the connection open, as keep-alive does. */
    static Scene answer(String text) {
        return (connection, api) -> {
            api.read(connection);
            write(connection, text);
        };
    }

    /** Reads the request and closes. */
    static Scene hangUp() {
        return (connection, api) -> {
            api.read(connection);
            connection.close();
        };
    }

    /** The requests so far, each with what came of it before it was answered. */
    List<String> requests() {
        return requests;
    }

    /** Up to the end of its head: a request has no body. Fails if the client shuts down its side. */
    void read(SocketChannel connection) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (!request.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            if (connection.read(one) < 0) {
                requests.add(request.toString(StandardCharsets.US_ASCII) + "<end>");
                throw new IOException("the client shut down its side");
            }
            request.write(one.array(), 0, 1);
            one.clear();
        }
        connection.configureBlocking(false);
        String after = connection.read(one) == 0 ? "" : "<more>";
        connection.configureBlocking(true);
        requests.add(request.toString(StandardCharsets.US_ASCII) + after);
    }

    static void write(SocketChannel connection, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    private void serve(List<Scene> scenes) {
        for (int number = 0; ; number++) {
            try {
                SocketChannel connection = server.accept();
                open.add(connection);
                scenes.get(Math.min(number, scenes.size() - 1)).play(connection, this);
            } catch (IOException e) {
                if (!server.isOpen()) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() throws Exception {
        server.close();
        for (SocketChannel connection : open) {
            connection.close();
        }
        thread.interrupt();
        thread.join();
    }
}
