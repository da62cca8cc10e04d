package dev.unikernel.it;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;

/**
 * Boots the guest of the arguments KERNEL and IMAGE again and again, and has it answer, until there is no more to read; see
 * {@link ChaosIT}. A VM that is lost on the way is told as such, and followed by the next.
 */
final class ChaosMain {

    /** Begins the line on a VM that was there from its start to its end. */
    static final String SERVED = "served ";

    private static final int REQUESTS = 3;
    private static final int TIMEOUT_MILLIS = 2_000;

    private ChaosMain() {}

    public static void main(String... arguments) {
        VmSpec spec = VmSpec.builder()
                .kernel(Path.of(arguments[0]))
                .image(Path.of(arguments[1]))
                .build();
        VmLauncher launcher = VmLauncher.create();
        Thread reader = new Thread(ChaosMain::readToTheEnd, "reader");
        reader.setDaemon(true);
        reader.start();
        for (int number = 1; reader.isAlive(); number++) {
            try (Vm vm = launcher.start(spec)) {
                for (int request = 0; request < REQUESTS; request++) {
                    request(vm.uri());
                }
                System.out.println(SERVED + number + " at " + vm.address());
            } catch (VmStartException | IOException lost) {
                System.out.println("lost " + number + ": " + lost);
            }
        }
    }

    /** Without what would keep connections: those of a guest that is killed are of no use to the next one. */
    private static void request(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try {
            if (connection.getResponseCode() != 200) {
                throw new IOException("the guest answers with the status " + connection.getResponseCode());
            }
        } finally {
            connection.disconnect();
        }
    }

    private static void readToTheEnd() {
        try {
            System.in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
