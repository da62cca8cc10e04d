package dev.unikernel.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times as users write them, and writes them as users read them. */
public final class Durations {

    /** The longest time that can be asked for. */
    public static final Duration MAXIMUM = Duration.ofHours(24);

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([+-]?\\d+(?:[.,]\\d+)?)\\s*(\\p{Alpha}*)");

    private static final String EXPECTED =
            "Expected is a whole number above 0 with its unit ms, s, m or h, such as 60s,"
                    + " or an ISO-8601 duration, such as PT1M30S; at most 24h.";

    private Durations() {}

    /**
     * Reads {@code 500ms}, {@code 60s}, {@code 2m}, {@code 1h} or an ISO-8601 duration.
     *
     * @throws ConfigException names the text and what is wrong with it
     */
    public static Duration parse(String text) {
        Duration duration = iso(text.strip()).orElseGet(() -> withUnit(text));
        if (duration.isNegative()) {
            throw new ConfigException("The time '" + text + "' is negative. " + EXPECTED);
        }
        if (duration.isZero()) {
            throw new ConfigException("The time '" + text + "' is zero. " + EXPECTED);
        }
        if (duration.compareTo(MAXIMUM) > 0) {
            throw new ConfigException("The time '" + text + "' is too long. " + EXPECTED);
        }
        return duration;
    }

    /** {@code duration} times {@code factor} (above 0), to the millisecond and at least one of them. */
    public static Duration times(Duration duration, double factor) {
        return Duration.ofMillis(Math.max(1, Math.round(duration.toMillis() * factor)));
    }

    /** The shortest form that {@link #parse} reads back: {@code 60s}, {@code 1500ms}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private static Optional<Duration> iso(String text) {
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Duration withUnit(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new ConfigException("The time '" + text + "' is no number with a unit. " + EXPECTED);
        }
        String number = matcher.group(1);
        String unit = matcher.group(2);
        if (!number.matches("[+-]?\\d+")) {
            throw new ConfigException("The time '" + text + "' is no whole number. " + EXPECTED);
        }
        // Twelve digits never overflow; in the smallest unit they are far above the maximum.
        long count =
                number.length() > 12 ? (number.startsWith("-") ? -1L : 1L) * 999_999_999_999L : Long.parseLong(number);
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "" -> throw new ConfigException("The time '" + text + "' has no unit. " + EXPECTED);
            default ->
                throw new ConfigException("The time '" + text + "' has the unknown unit '" + unit + "'. " + EXPECTED);
        };
    }
}
