package dev.unikernel.junit;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Loads okhttp's classes while the VM boots, for test classes that will use it: its first call in a JVM takes some 300 ms
 * otherwise. One request goes to a socket of this JVM on the loopback address.
 */
final class OkHttpWarmUp {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final AtomicBoolean STARTED = new AtomicBoolean();

    private OkHttpWarmUp() {}

    /** Whether a parameter or field of {@code testClass} asks for a VM's address in a form of okhttp's. */
    static boolean isWorthwhileFor(Class<?> testClass) {
        Stream<Executable> executables = Stream.concat(
                Arrays.stream(testClass.getDeclaredConstructors()),
                ReflectionSupport.findMethods(testClass, method -> true, HierarchyTraversalMode.TOP_DOWN).stream());
        boolean inParameters = executables
                .flatMap(executable -> Arrays.stream(executable.getParameters()))
                .anyMatch(parameter ->
                        parameter.isAnnotationPresent(VmAddress.class) && OkHttpForms.isOne(parameter.getType()));
        return inParameters
                || !ReflectionSupport.findFields(
                                testClass,
                                field -> field.isAnnotationPresent(VmAddress.class)
                                        && OkHttpForms.isOne(field.getType()),
                                HierarchyTraversalMode.TOP_DOWN)
                        .isEmpty();
    }

    /** Does it on a thread of its own, which ends with it; once in a JVM. */
    static void start() {
        if (STARTED.getAndSet(true)) {
            return;
        }
        Thread thread = new Thread(OkHttpWarmUp::runOrGiveUp, "unikernel-okhttp-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void runOrGiveUp() {
        try {
            run();
        } catch (IOException e) {
            // Nothing depends on it but time.
            System.getLogger(OkHttpWarmUp.class.getName())
                    .log(System.Logger.Level.DEBUG, "okhttp was not warmed up", e);
        }
    }

    /** @return the status that came back: 204 */
    static int run() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout((int) LIMIT.toMillis());
            Thread answering = new Thread(() -> answerOne(server), "unikernel-okhttp-warm-up-server");
            answering.setDaemon(true);
            answering.start();
            OkHttpClient client = new OkHttpClient.Builder().callTimeout(LIMIT).build();
            HttpUrl url = new HttpUrl.Builder()
                    .scheme("http")
                    .host(server.getInetAddress().getHostAddress())
                    .port(server.getLocalPort())
                    .build();
            try (Response response =
                    client.newCall(new Request.Builder().url(url).build()).execute()) {
                return response.code();
            } finally {
                client.connectionPool().evictAll();
            }
        }
    }

    private static void answerOne(ServerSocket server) {
        try (Socket socket = server.accept()) {
            byte[] request = new byte[1024];
            if (socket.getInputStream().read(request) > 0) {
                socket.getOutputStream()
                        .write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // The client sees it, and says so.
        }
    }
}
