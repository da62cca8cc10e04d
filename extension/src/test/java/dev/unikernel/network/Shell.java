package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the shell commands with which a test prepares its namespace. */
public final class Shell {

    private Shell() {}

    /** Runs {@code command}, which must succeed, and returns what it printed. */
    public static String run(String command) {
        try {
            Process process = start(command);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in: " + command, interrupted);
        }
    }

    /** Starts {@code command} and leaves it running. */
    public static Process start(String command) {
        try {
            return new ProcessBuilder(List.of("sh", "-c", command))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
