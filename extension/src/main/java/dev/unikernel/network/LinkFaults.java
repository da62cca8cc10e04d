package dev.unikernel.network;

import java.time.Duration;
import java.util.Optional;

/**
 * What is wrong with a guest's link on purpose, in both directions.
 *
 * @param connected whether anything gets through at all
 * @param delay how long each frame is held back, 0 to 10 s
 * @param lossPercent how many frames in a hundred are lost, each by chance, 0 to 100
 * @param limit how much gets through in each direction; empty for as much as the machine can
 */
public record LinkFaults(boolean connected, Duration delay, double lossPercent, Optional<BitRate> limit) {

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    /** A sound link. */
    public static final LinkFaults NONE = new LinkFaults(true, Duration.ZERO, 0, Optional.empty());

    public LinkFaults {
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("a delay is from 0 to 10 s, but was: " + delay);
        }
        // Not by the opposite comparison, which NaN would pass.
        if (!(lossPercent >= 0 && lossPercent <= 100)) {
            throw new IllegalArgumentException("a loss is from 0 to 100 percent, but was: " + lossPercent);
        }
    }

    public LinkFaults withConnected(boolean changed) {
        return new LinkFaults(changed, delay, lossPercent, limit);
    }

    public LinkFaults withDelay(Duration changed) {
        return new LinkFaults(connected, changed, lossPercent, limit);
    }

    public LinkFaults withLossPercent(double changed) {
        return new LinkFaults(connected, delay, changed, limit);
    }

    public LinkFaults withLimit(BitRate changed) {
        return new LinkFaults(connected, delay, lossPercent, Optional.of(changed));
    }

    public boolean isNone() {
        return equals(NONE);
    }
}
