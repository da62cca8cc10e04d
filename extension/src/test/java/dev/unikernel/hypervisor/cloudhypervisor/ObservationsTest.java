package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObservationsTest {

    private static final long LAUNCHED = 1_000_000_000L;

    private final Observations observations = new Observations(LAUNCHED);

    @Test
    void nothingIsKnownBeforeTheFirstEvent() {
        assertThat(observations.guestWasStarted()).isFalse();
        assertThat(observations.bootedAt()).isEmpty();
        assertThat(observations.nicUpAt()).isEmpty();
        assertThat(observations.guestWasReset()).isFalse();
    }

    @Test
    void momentsAreOnOurClockAsCloseAsTheEarliestReadingTells() {
        // Read 5 ms after it happened, and then, 8 ms after the VMM began, at once.
        observations.add(event("vm", "booted", "", 3_000_000), LAUNCHED + 12_000_000);
        observations.add(event("virtio-device", "activated", "net0", 8_000_000), LAUNCHED + 12_000_000);

        assertThat(observations.bootedAt()).hasValue(LAUNCHED + 4_000_000 + 3_000_000);
        assertThat(observations.nicUpAt()).hasValue(LAUNCHED + 4_000_000 + 8_000_000);
    }

    @Test
    void noMomentIsBeforeTheLaunch() {
        observations.add(event("vm", "booted", "", 3_000_000), LAUNCHED + 1_000_000);

        assertThat(observations.bootedAt()).hasValue(LAUNCHED + 3_000_000);
    }

    @Test
    void firstBootCounts() {
        observations.add(event("vm", "booted", "", 3_000_000), LAUNCHED + 3_000_000);
        observations.add(event("vm", "booted", "", 9_000_000), LAUNCHED + 9_000_000);

        assertThat(observations.bootedAt()).hasValue(LAUNCHED + 3_000_000);
    }

    @Test
    void onlyOurCardIsTheNic() {
        observations.add(event("virtio-device", "activated", "disk0", 8_000_000), LAUNCHED + 8_000_000);

        assertThat(observations.nicUpAt()).isEmpty();
    }

    @Test
    void rebootingIsAReset() {
        observations.add(event("vm", "rebooting", "", 1), LAUNCHED);

        assertThat(observations.guestWasReset()).isTrue();
    }

    /** Below 39 there is no {@code rebooting}: recorded from 38.0, whose guest crashed before any driver was up. */
    @Test
    void secondBootIsAReset() {
        observations.add(event("vm", "booting", "", 1), LAUNCHED);
        observations.add(event("vm", "booted", "", 2), LAUNCHED);
        observations.add(event("vm", "shutdown", "", 3), LAUNCHED);
        assertThat(observations.guestWasReset()).isFalse();

        observations.add(event("vm", "booting", "", 4), LAUNCHED);
        assertThat(observations.guestWasReset()).isTrue();
    }

    @Test
    void driverThatResetsItsDeviceIsNoReset() {
        observations.add(event("virtio-device", "activated", "disk0", 1), LAUNCHED);
        observations.add(event("virtio-device", "reset", "disk0", 2), LAUNCHED);
        observations.add(event("virtio-device", "activated", "disk0", 3), LAUNCHED);

        assertThat(observations.guestWasReset()).isFalse();
    }

    @Test
    void onlyTheGuestsOwnPanicIsOne() {
        observations.add(event("vmm", "panic", "", 1), LAUNCHED);
        assertThat(observations.guestPanicked()).isFalse();

        observations.add(event("guest", "panic", "", 1), LAUNCHED);
        assertThat(observations.guestPanicked()).isTrue();
    }

    private static Event event(String source, String name, String device, long nanos) {
        return new Event(nanos, source, name, device);
    }
}
