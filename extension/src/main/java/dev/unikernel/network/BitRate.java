package dev.unikernel.network;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much a link carries at most.
 *
 * @param bitsPerSecond 8,000 to 10,000,000,000
 */
public record BitRate(long bitsPerSecond) {

    private static final long LEAST = 8_000;
    private static final long MOST = 10_000_000_000L;

    /** As links and {@code tc} count: in powers of 1000. */
    private static final Map<String, Long> UNITS = Map.of("kbit", 1_000L, "Mbit", 1_000_000L, "Gbit", 1_000_000_000L);

    private static final Pattern FORM = Pattern.compile("(\\d{1,7})(kbit|Mbit|Gbit)");

    public BitRate {
        if (bitsPerSecond < LEAST || bitsPerSecond > MOST) {
            throw new IllegalArgumentException(
                    "a rate is from 8kbit to 10Gbit per second, but was: " + bitsPerSecond + " bits per second");
        }
    }

    /** Reads {@code 512kbit}, {@code 1Mbit} or {@code 10Gbit}: a whole number and its unit, per second. */
    public static BitRate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "a rate is a whole number with its unit, kbit, Mbit or Gbit (per second),"
                            + " as in '512kbit' or '1Mbit', but was: '" + text + "'");
        }
        return new BitRate(Long.parseLong(form.group(1)) * UNITS.getOrDefault(form.group(2), 0L));
    }

    public long bytesPerSecond() {
        return bitsPerSecond / 8;
    }
}
