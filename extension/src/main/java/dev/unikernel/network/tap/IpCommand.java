package dev.unikernel.network.tap;

import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program {@code ip} of iproute2. */
record IpCommand(Path program) {

    private static final long TIMEOUT_SECONDS = 20;

    /** What {@code ip} did and said. */
    record Result(int exitCode, String output) {}

    /**
     * Finds the program on PATH, or where it is installed: a plain user's PATH often lacks the folders of administrators.
     *
     * @throws NetworkException if it is nowhere
     */
    static IpCommand find() {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        return Stream.of(path.split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, "ip"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(IpCommand::new)
                .orElseThrow(() -> new NetworkException("the program 'ip', which makes taps, is in none of " + path
                        + ". Install iproute2 (Debian, Ubuntu: sudo apt-get install iproute2), or use"
                        + " unikernel.network=user"));
    }

    /**
     * Starts to run {@code commands}, one a line, in one process; the first that fails is the last.
     *
     * @throws NetworkException if the program cannot be started
     */
    Process startBatch(String commands) {
        Process process = start(List.of("-batch", "-"));
        try (OutputStream in = process.getOutputStream()) {
            in.write(commands.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedEarly) {
            // Its exit code and its words tell more than a broken pipe.
        }
        return process;
    }

    /** Starts to delete the interface {@code name}; the process does its work even if this JVM ends meanwhile. */
    Process startDeleting(String name) {
        return start(List.of("link", "delete", "dev", name));
    }

    /**
     * Waits for the end of {@code process} even when interrupted: it takes milliseconds, and half a tap helps nobody.
     *
     * @throws NetworkException if it does not end; it is killed then
     */
    Result await(Process process) {
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

    private Process start(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), arguments.stream())
                        .toList())
                .redirectErrorStream(true);
        // Its words are understood below, and shown to people who search for them.
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new NetworkException(
                    "the program " + program + ", which makes taps, cannot be started: " + failed.getMessage(), failed);
        }
    }
}
