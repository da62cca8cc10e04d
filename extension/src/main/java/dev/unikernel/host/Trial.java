package dev.unikernel.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program only to see whether it works. */
final class Trial {

    private static final int MOST = 4096;

    private Trial() {}

    /**
     * How it went.
     *
     * @param output what the program said, on both streams, in one line; or why it said nothing
     */
    record Result(boolean succeeded, String output) {}

    /** Waits even when interrupted, since the time is bounded; the interrupt flag is restored. */
    static Result run(List<String> command, ProgramPath path, Duration limit) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C"); // its words are understood
        builder.environment().put("PATH", path.toString());
        try {
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                if (!ends(process, limit)) {
                    return new Result(false, "it did not end within " + limit.toSeconds() + " s");
                }
                String output = new String(process.getInputStream().readNBytes(MOST), StandardCharsets.UTF_8);
                return new Result(
                        process.exitValue() == 0,
                        output.strip().lines().findFirst().orElse("it said nothing"));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return new Result(false, e.toString());
        }
    }

    private static boolean ends(Process process, Duration limit) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                try {
                    return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
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
}
