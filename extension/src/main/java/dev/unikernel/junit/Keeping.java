package dev.unikernel.junit;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import java.time.Duration;
import java.util.Optional;

/** Whether, and for how long, a VM is held after a failed test. */
final class Keeping {

    private Keeping() {}

    static Optional<Duration> from(Settings settings) {
        return from(Toggle.DEFAULT, settings);
    }

    static Optional<Duration> from(Toggle toggle, Settings settings) {
        boolean kept = toggle == Toggle.DEFAULT ? settings.get(Keys.KEEP_ON_FAILURE) : toggle == Toggle.ON;
        return kept ? Optional.of(settings.get(Keys.KEEP_FOR)) : Optional.empty();
    }
}
