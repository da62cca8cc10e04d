package dev.unikernel.hypervisor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Bounded waiting that an interrupt does not cut short, because a process would be left behind. */
final class Patience {

    static final Duration SHORT = Duration.ofSeconds(5);

    private Patience() {}

    /** Whether {@code process} ended within {@code limit}; restores the interrupt flag. */
    static boolean awaitEnd(Process process, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
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
