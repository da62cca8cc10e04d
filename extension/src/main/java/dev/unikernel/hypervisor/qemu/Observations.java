package dev.unikernel.hypervisor.qemu;

import java.util.OptionalLong;

/** What the events of one QEMU say so far. */
final class Observations {

    /** What to add to the clock of the day to get to that of {@link System#nanoTime}. */
    private final long toOurClock;

    private OptionalLong resumedAt = OptionalLong.empty();
    private String shutdownReason = "";
    private boolean stopped;
    private boolean stopExpected;
    private boolean panicked;
    private String diskError = "";

    Observations(long toOurClock) {
        this.toOurClock = toOurClock;
    }

    void add(Event event) {
        switch (event.name()) {
            case "RESUME" -> {
                stopped = false;
                resumedAt =
                        resumedAt.isPresent() ? resumedAt : OptionalLong.of(event.epochMicros() * 1000 + toOurClock);
            }
            case "STOP" -> stopped = true;
            case "SHUTDOWN" -> shutdownReason = event.word("reason");
            case "GUEST_PANICKED" -> panicked = true;
            case "BLOCK_IO_ERROR" -> diskError = event.word("operation") + ": " + event.word("reason");
            default -> {}
        }
    }

    /** @param expected whether the guest is asked to stand still */
    void expectStop(boolean expected) {
        stopExpected = expected;
    }

    /** When the guest's processors began to run, on the clock of {@link System#nanoTime}. */
    OptionalLong resumedAt() {
        return resumedAt;
    }

    /** {@code guest-reset}, {@code guest-shutdown} and so on (ShutdownCause of QEMU's qapi); empty before a shutdown. */
    String shutdownReason() {
        return shutdownReason;
    }

    /** Whether the guest stands still, though it was not asked to. */
    boolean guestStopped() {
        return stopped && !stopExpected;
    }

    boolean guestPanicked() {
        return panicked;
    }

    /** The last error of a disk; empty if there was none. */
    String diskError() {
        return diskError;
    }
}
