package dev.unikernel.network.namespace;

import dev.unikernel.host.Probe;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.ProcessGuard;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects for the guests of a helper that may reach out: slirp4netns, outside of the helper's namespaces, with a device inside
 * that leads to it. Started when it is first needed, and again if it has ended. Safe for use by several threads.
 */
final class Slirp implements AutoCloseable {

    private static final String PROGRAM = "slirp4netns";

    private static final String ABSENT = "there is no " + PROGRAM
            + ", which connects for guests of the network mode 'namespace' that shall reach out (outbound), in any of ";

    private static final String INSTALL =
            "Debian, Ubuntu: sudo apt-get install slirp4netns; Fedora: sudo dnf install slirp4netns";

    private static final long START_SECONDS = 30;
    private static final long PAUSE_MILLIS = 1;

    /** It writes to descriptor 3 when the device is there. Nothing else is written to that file. */
    private static final String TELL = "exec 3>\"$1\"; shift; exec \"$@\"";

    private final ProcessGuard.Guarded helper;
    private final Path folder;
    private final ProcessGuard guard;
    private ProcessGuard.@Nullable Guarded process;
    private String device = "";
    private int starts;
    private boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param helper a process in the namespaces
     * @param folder the helper's private folder, for logs
     */
    Slirp(ProcessGuard.Guarded helper, Path folder, ProcessGuard guard) {
        this.helper = helper;
        this.folder = folder;
        this.guard = guard;
    }

    /** Whether it is installed. */
    static Probe probe() {
        return Tool.find(PROGRAM)
                .<Probe>map(tool -> new Probe.Available(tool.program().toString()))
                .orElseGet(() -> new Probe.Missing(ABSENT + Tool.path(), "Install it (" + INSTALL + ")."));
    }

    /** Why it cannot be used, with the next step. */
    static Optional<String> absence() {
        return probe().missing()
                .map(missing -> missing.reason() + ". Next: install it (" + INSTALL
                        + "), or use QEMU and its network (unikernel.hypervisor=qemu, unikernel.network=user)");
    }

    /**
     * The device in the helper's namespaces that leads out. One of another name is another device.
     *
     * @throws NetworkException if there is none to be had
     */
    synchronized String device() {
        if (closed) {
            throw new NetworkException("the helper of the network mode 'namespace' has ended");
        }
        if (process == null || process.exitCode().isPresent()) {
            end();
            start();
        }
        return device;
    }

    private void start() {
        Tool tool = Tool.find(PROGRAM)
                .orElseThrow(() -> new NetworkException(absence().orElse("there is no " + PROGRAM)));
        String name = "slirp" + starts++;
        Path ready = folder.resolve(name + ".ready");
        Path errors = folder.resolve(name + ".err");
        List<String> command = List.of(
                "sh",
                "-c",
                TELL,
                "unikernel-slirp",
                ready.toString(),
                tool.program().toString(),
                "--ready-fd=3",
                Long.toString(helper.pid()),
                name);
        process = guard.start(command, folder.resolve(name + ".log"), errors);
        try {
            awaitReady(process, ready, errors);
            device = name;
        } catch (NetworkException failed) {
            end();
            throw failed;
        }
    }

    private static void awaitReady(ProcessGuard.Guarded process, Path ready, Path errors) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!isWritten(ready)) {
            boolean running = process.exitCode().isEmpty();
            if (!running || System.nanoTime() - deadline > 0) {
                throw new NetworkException("guests cannot be let out: " + PROGRAM
                        + (running ? " was not ready within " + START_SECONDS + " s" : " ended at its start") + "; "
                        + HelperProcess.lastWordsIn(errors));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new NetworkException("interrupted while " + PROGRAM + " started", interrupted);
            }
        }
    }

    private static boolean isWritten(Path file) {
        try {
            return Files.size(file) > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void end() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    /** Its device goes with it. */
    @Override
    public synchronized void close() {
        closed = true;
        end();
    }
}
