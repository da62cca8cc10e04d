package dev.unikernel.hypervisor.cloudhypervisor;

import java.util.OptionalLong;

/** What the events of one VMM say so far. */
final class Observations {

    private final long launchedAt;

    /** The VMM began at this moment at the latest, on our clock: no event is read before it happened. */
    private long beganAt = Long.MAX_VALUE;

    private boolean booting;
    private OptionalLong booted = OptionalLong.empty();
    private OptionalLong nicUp = OptionalLong.empty();
    private boolean reset;
    private boolean panicked;

    /**
     * @param launchedAt when the VMM was told to begin, on the clock of {@link System#nanoTime}
     */
    Observations(long launchedAt) {
        this.launchedAt = launchedAt;
    }

    /** @param now when the event was read, on the clock of {@link System#nanoTime} */
    void add(Event event, long now) {
        beganAt = Math.min(beganAt, now - event.nanos());
        switch (event.name()) {
            case "booting" -> booting();
            case "booted" -> booted = booted.isPresent() ? booted : OptionalLong.of(event.nanos());
            case "activated" -> activated(event);
            case "rebooting" -> reset = true;
            case "panic" -> panicked = event.source().equals("guest");
            default -> {}
        }
    }

    /**
     * Below v39.0 a reset is a second boot of the same VM. From there on (#6277) it is the event {@code rebooting}, and
     * none of these.
     */
    private void booting() {
        reset |= booting;
        booting = true;
    }

    private void activated(Event event) {
        if (event.device().equals(CommandLine.NIC_ID) && nicUp.isEmpty()) {
            nicUp = OptionalLong.of(event.nanos());
        }
    }

    boolean guestWasReset() {
        return reset;
    }

    boolean guestPanicked() {
        return panicked;
    }

    boolean guestWasStarted() {
        return booted.isPresent();
    }

    /** On the clock of {@link System#nanoTime}. */
    OptionalLong bootedAt() {
        return onOurClock(booted);
    }

    /** On the clock of {@link System#nanoTime}. */
    OptionalLong nicUpAt() {
        return onOurClock(nicUp);
    }

    private OptionalLong onOurClock(OptionalLong event) {
        return event.isEmpty() ? event : OptionalLong.of(Math.max(launchedAt, beganAt) + event.getAsLong());
    }
}
