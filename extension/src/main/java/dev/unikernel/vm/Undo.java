package dev.unikernel.vm;

import java.util.ArrayDeque;
import java.util.Deque;

/** What must be taken back, in reverse order. Each step of a boot adds its own when it has succeeded. */
final class Undo implements AutoCloseable {

    private final Deque<AutoCloseable> steps = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T step) {
        steps.push(step);
        return step;
    }

    /**
     * Runs all steps, once. The first failure is thrown after the last step; later ones are suppressed in it. An interrupt
     * is kept for later: an interrupted thread can neither read files nor wait for a process to end.
     */
    @Override
    public synchronized void close() {
        boolean interrupted = Thread.interrupted();
        try {
            closeAll();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeAll() {
        VmCloseException failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new VmCloseException("a VM was not taken away completely: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
