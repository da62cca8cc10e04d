package dev.unikernel.junit;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.config.Durations;
import dev.unikernel.vm.Vm;
import java.time.Duration;
import java.util.Optional;

/** The end of a VM, put off if somebody shall look into it first. */
final class KeptVm {

    private KeptVm() {}

    /**
     * Closes a VM.
     *
     * @param kept how long to wait before, for somebody to look into it and to end its process
     */
    static void close(Vm vm, Optional<Duration> kept) {
        try (vm) {
            if (kept.isPresent() && vm.isRunning()) {
                System.getLogger("dev.unikernel").log(WARNING, howToReach(vm, kept.get()));
                vm.awaitExit(kept.get());
            }
        }
    }

    private static String howToReach(Vm vm, Duration kept) {
        String inNamespace = System.getenv("UNIKERNEL_NAMESPACE") == null
                ? ""
                : "\n  It is in a network namespace of its own; from outside: nsenter --user --preserve-credentials --net"
                        + " --target PID curl ..., where ps -C java,qemu-system-x86_64,cloud-hypervisor shows the PID.";
        return "VM '" + vm.name() + "' IS KEPT after a failed test, and this JVM waits.\n  It answers at " + vm.uri()
                + "; its console is " + vm.serialLog() + inNamespace + "\n  To end it: kill " + vm.pid()
                + ". It ends by itself after " + Durations.format(kept) + " (unikernel.keepFor).";
    }
}
