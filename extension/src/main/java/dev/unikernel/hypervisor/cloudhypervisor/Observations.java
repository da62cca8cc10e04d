package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.Version;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/** What the events of one VMM say so far. */
final class Observations {

    private final long launchedAt;
    private final boolean resetIsAnEvent;
    private final Set<String> activated = new HashSet<>();

    /** The VMM began at this moment at the latest, on our clock: no event is read before it happened. */
    private long beganAt = Long.MAX_VALUE;

    private OptionalLong booted = OptionalLong.empty();
    private OptionalLong nicUp = OptionalLong.empty();
    private boolean reset;
    private boolean panicked;

    /**
     * @param launchedAt when the VMM was told to begin, on the clock of {@link System#nanoTime}
     */
    Observations(Version version, long launchedAt) {
        this.resetIsAnEvent = Gate.REBOOT_EVENTS.isPassedBy(version);
        this.launchedAt = launchedAt;
    }

    /** @param now when the event was read, on the clock of {@link System#nanoTime} */
    void add(Event event, long now) {
        beganAt = Math.min(beganAt, now - event.nanos());
        switch (event.name()) {
            case "booted" -> booted = booted.isPresent() ? booted : OptionalLong.of(event.nanos());
            case "activated" -> activated(event);
            case "rebooting" -> reset = true;
            case "panic" -> panicked = event.source().equals("guest");
            default -> {}
        }
    }

    private void activated(Event event) {
        boolean again = !activated.add(event.device());
        // A driver may reset and activate a device in one boot; so this is evidence only where there is no better.
        reset |= again && !resetIsAnEvent;
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
