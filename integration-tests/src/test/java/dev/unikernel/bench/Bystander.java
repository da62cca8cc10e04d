package dev.unikernel.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Somebody who knows nothing of a VM but its process and its serial log, and looks at them all the time. */
record Bystander(long pid, Path serialLog) {

    static final long INTERVAL_NANOS = 500_000;

    /** What the fixture guest says first; twice means that it was booted again. */
    private static final String FIRST_LINE = "[entry]";

    /** The VMM that this JVM starts next: a process that has a serial log open. */
    static Bystander ofTheNextVmm(Duration limit) {
        Bystander[] found = new Bystander[1];
        await("a VMM", limit, () -> {
            ProcessHandle.current()
                    .children()
                    .flatMap(child -> serialLogOf(child.pid()).map(log -> new Bystander(child.pid(), log)).stream())
                    .findFirst()
                    .ifPresent(one -> found[0] = one);
            return found[0] != null;
        });
        return found[0];
    }

    private static Optional<Path> serialLogOf(long pid) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : open) {
                Path file = Files.readSymbolicLink(descriptor);
                if (file.endsWith("serial.log")) {
                    return Optional.of(file);
                }
            }
        } catch (IOException e) {
            // The process, or its file, is gone.
        }
        return Optional.empty();
    }

    void awaitLine(String text, Duration limit) {
        await("'" + text + "' in " + serialLog, limit, () -> serial().contains(text));
    }

    /** Waits until the process is gone, or dead and not yet reaped, or the guest begins once more; returns when that was. */
    long awaitEnd(Duration limit) {
        await("the end of process " + pid, limit, () -> isDead() || hasBegunAgain());
        return System.nanoTime();
    }

    private boolean hasBegunAgain() {
        String serial = serial();
        return serial.indexOf(FIRST_LINE) != serial.lastIndexOf(FIRST_LINE);
    }

    private boolean isDead() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (IOException e) {
            return true;
        }
    }

    private String serial() {
        try {
            return Files.readString(serialLog);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(String what, Duration limit, BooleanSupplier happened) {
        long started = System.nanoTime();
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() - started > limit.toNanos()) {
                throw new BenchException("not seen within " + limit.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }
}
