package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.Version;
import org.junit.jupiter.api.Test;

class ObservationsTest {

    private static final long LAUNCHED = 1_000_000_000L;

    private final Observations newest = new Observations(new Version(53, 0), LAUNCHED);
    private final Observations oldest = new Observations(new Version(32, 1), LAUNCHED);

    @Test
    void nothingIsKnownBeforeTheFirstEvent() {
        assertThat(newest.guestWasStarted()).isFalse();
        assertThat(newest.bootedAt()).isEmpty();
        assertThat(newest.nicUpAt()).isEmpty();
        assertThat(newest.guestWasReset()).isFalse();
    }

    @Test
    void momentsAreOnOurClockAsCloseAsTheEarliestReadingTells() {
        // Read 5 ms after it happened, and then, 8 ms after the VMM began, at once.
        newest.add(event("vm", "booted", "", 3_000_000), LAUNCHED + 12_000_000);
        newest.add(event("virtio-device", "activated", "net0", 8_000_000), LAUNCHED + 12_000_000);

        assertThat(newest.bootedAt()).hasValue(LAUNCHED + 4_000_000 + 3_000_000);
        assertThat(newest.nicUpAt()).hasValue(LAUNCHED + 4_000_000 + 8_000_000);
    }

    @Test
    void noMomentIsBeforeTheLaunch() {
        newest.add(event("vm", "booted", "", 3_000_000), LAUNCHED + 1_000_000);

        assertThat(newest.bootedAt()).hasValue(LAUNCHED + 3_000_000);
    }

    @Test
    void firstBootCounts() {
        newest.add(event("vm", "booted", "", 3_000_000), LAUNCHED + 3_000_000);
        newest.add(event("vm", "booted", "", 9_000_000), LAUNCHED + 9_000_000);

        assertThat(newest.bootedAt()).hasValue(LAUNCHED + 3_000_000);
    }

    @Test
    void onlyOurCardIsTheNic() {
        newest.add(event("virtio-device", "activated", "disk0", 8_000_000), LAUNCHED + 8_000_000);

        assertThat(newest.nicUpAt()).isEmpty();
    }

    @Test
    void rebootingIsAReset() {
        newest.add(event("vm", "rebooting", "", 1), LAUNCHED);

        assertThat(newest.guestWasReset()).isTrue();
    }

    @Test
    void secondActivationIsAResetBefore39() {
        oldest.add(event("virtio-device", "activated", "disk0", 1), LAUNCHED);
        oldest.add(event("virtio-device", "activated", "net0", 2), LAUNCHED);
        assertThat(oldest.guestWasReset()).isFalse();

        oldest.add(event("virtio-device", "activated", "disk0", 3), LAUNCHED);
        assertThat(oldest.guestWasReset()).isTrue();
    }

    @Test
    void secondActivationIsNoResetFrom39On() {
        Observations from39 = new Observations(new Version(39, 0), LAUNCHED);

        from39.add(event("virtio-device", "activated", "disk0", 1), LAUNCHED);
        from39.add(event("virtio-device", "reset", "disk0", 2), LAUNCHED);
        from39.add(event("virtio-device", "activated", "disk0", 3), LAUNCHED);

        assertThat(from39.guestWasReset()).isFalse();
    }

    @Test
    void onlyTheGuestsOwnPanicIsOne() {
        newest.add(event("vmm", "panic", "", 1), LAUNCHED);
        assertThat(newest.guestPanicked()).isFalse();

        newest.add(event("guest", "panic", "", 1), LAUNCHED);
        assertThat(newest.guestPanicked()).isTrue();
    }

    private static Event event(String source, String name, String device, long nanos) {
        return new Event(nanos, source, name, device);
    }
}
