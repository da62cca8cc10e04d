package dev.unikernel.network;

import dev.unikernel.host.ProgramPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A small program of the system, called for what Java cannot do itself. It works for milliseconds and says little.
 *
 * @param program the program's absolute path
 */
public record Tool(Path program) {

    private static final long TIMEOUT_SECONDS = 20;

    /**
     * How a call ended.
     *
     * @param output what the program said, on both streams, without blanks at the ends
     */
    public record Result(int exitCode, String output) {}

    /** Finds a program where {@link #path} says. */
    public static Optional<Tool> find(String name) {
        return ProgramPath.ofThisJvm().find(name).map(Tool::new);
    }

    /** Where {@link #find} looks. */
    public static String path() {
        return ProgramPath.ofThisJvm().toString();
    }

    /**
     * Starts the program. It does its work even if this JVM ends meanwhile.
     *
     * @throws NetworkException if it cannot be started
     */
    public Process start(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), arguments.stream())
                        .toList())
                .redirectErrorStream(true);
        // Its words are understood, and shown to people who search for them.
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new NetworkException("the program " + program + " cannot be started: " + failed.getMessage(), failed);
        }
    }

    /**
     * Waits for the end of {@code process} even when interrupted, because half of its work helps nobody; the interrupt
     * flag is restored.
     *
     * @throws NetworkException if it does not end; it is killed then
     */
    public Result await(Process process) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        try {
            while (true) {
                try {
                    if (process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return result(process);
                    }
                    process.destroyForcibly();
                    throw new NetworkException(program + " (pid " + process.pid() + ") did not end within "
                            + TIMEOUT_SECONDS + " s. Is the machine overloaded?");
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Result result(Process process) {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.exitValue(), output.trim());
        } catch (IOException unreadable) {
            throw new NetworkException("the output of " + program + " cannot be read: " + unreadable, unreadable);
        }
    }
}
