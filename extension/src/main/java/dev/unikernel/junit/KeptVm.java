package dev.unikernel.junit;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.config.Durations;
import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The end of a VM, put off if somebody shall look into it first. */
final class KeptVm {

    private static final System.Logger LOG = System.getLogger("dev.unikernel");
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private KeptVm() {}

    /**
     * Closes a VM.
     *
     * @param kept how long to wait before, for somebody to look into it and to end it
     */
    static void close(Vm vm, Optional<Duration> kept) {
        try (vm) {
            if (kept.isPresent() && vm.isRunning()) {
                hold(vm, kept.get());
            }
        }
    }

    /** Until the VM or the time ends, the thread is interrupted, or a file is removed that stands for the VM. */
    private static void hold(Vm vm, Duration time) {
        // A file is the same in every namespace; a process id in ours may be that of a stranger outside.
        Path file = vm.serialLog().resolveSibling("kept");
        long begin = System.nanoTime();
        try {
            Files.writeString(file, "Remove this file to end VM '" + vm.name() + "'.\n");
            LOG.log(WARNING, howToReach(vm, file, time));
            while (Files.exists(file)
                    && System.nanoTime() - begin < time.toNanos()
                    && !Thread.currentThread().isInterrupted()
                    && vm.awaitExit(BETWEEN_LOOKS).isEmpty()) {
                // looks again
            }
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(
                    WARNING,
                    "VM '" + vm.name() + "' is not kept any more: " + file + " cannot be written or removed",
                    e);
        }
    }

    private static String howToReach(Vm vm, Path file, Duration time) {
        String inNamespace = System.getenv("UNIKERNEL_NAMESPACE") == null
                ? ""
                : "\n  It is in a network namespace of its own; from outside: nsenter "
                        + (System.getProperty("user.name").equals("root") ? "" : "--user --preserve-credentials ")
                        + "--net --target PID curl " + vm.uri()
                        + ", where ps -C qemu-system-x86_64,cloud-hypervisor shows the PID.";
        return "VM '" + vm.name() + "' IS KEPT after a failed test, and this JVM waits.\n  It answers at " + vm.uri()
                + "; its console is " + vm.serialLog() + inNamespace + "\n  To end it: rm " + file
                + " (it ends by itself after " + Durations.format(time) + ", unikernel.keepFor).";
    }
}
