package dev.unikernel.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The programs that measure what is not ours.
 *
 * @param scripts the folder of the shell scripts
 * @param built the folder of what was compiled
 */
record Tools(Path scripts, Path built) {

    String script(String name) {
        return scripts.resolve(name).toString();
    }

    String firstAnswer() {
        return built.resolve("first-answer").toString();
    }

    /** Runs a command that prints nanoseconds. */
    static Duration nanoseconds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            try (InputStream output = process.getInputStream()) {
                String text = new String(output.readAllBytes(), StandardCharsets.UTF_8).trim();
                int exit = process.waitFor();
                if (exit != 0) {
                    throw new BenchException("ended with " + exit + ": " + String.join(" ", command));
                }
                return Duration.ofNanos(Long.parseLong(text));
            }
        } catch (IOException e) {
            throw new BenchException("cannot be run: " + command.get(0) + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while it ran: " + command.get(0), e);
        }
    }
}
