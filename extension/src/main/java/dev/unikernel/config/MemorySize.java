package dev.unikernel.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory.
 *
 * @param bytes above 0, at most {@link #MAXIMUM_BYTES}
 */
public record MemorySize(long bytes) {

    /** 64 TiB: what a guest can address under Cloud Hypervisor's default of 46 bits ({@code max_phys_bits}). */
    public static final long MAXIMUM_BYTES = 1L << 46;

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([+-]?\\d+(?:[.,]\\d+)?)\\s*(\\p{Alpha}*)");

    private static final String EXPECTED =
            "Expected is a whole number above 0 with its unit K, M or G (1K is 1024 bytes), such as 256M.";

    public MemorySize {
        if (bytes <= 0 || bytes > MAXIMUM_BYTES) {
            throw new ConfigException("A memory size is from 1 to " + MAXIMUM_BYTES + " bytes, but was: " + bytes);
        }
    }

    /**
     * Reads {@code 512K}, {@code 256M} or {@code 1G}: the units are binary, as the hypervisors have them.
     *
     * @throws ConfigException names the text and what is wrong with it
     */
    public static MemorySize parse(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new ConfigException("The memory size '" + text + "' is no number with a unit. " + EXPECTED);
        }
        String number = matcher.group(1);
        String unit = matcher.group(2);
        if (number.startsWith("-")) {
            throw new ConfigException("The memory size '" + text + "' is negative. " + EXPECTED);
        }
        if (number.matches("[+0.,]+")) {
            throw new ConfigException("The memory size '" + text + "' is zero. " + EXPECTED);
        }
        if (!number.matches("\\d+")) {
            throw new ConfigException("The memory size '" + text + "' is no whole number. " + EXPECTED);
        }
        if (unit.isEmpty()) {
            throw new ConfigException("The memory size '" + text + "' has no unit. " + EXPECTED);
        }
        int shift = shift(unit.toUpperCase(Locale.ROOT));
        if (shift == 0) {
            throw new ConfigException(
                    "The memory size '" + text + "' has the unknown unit '" + unit + "'. " + EXPECTED);
        }
        // Nine digits never overflow, and the largest unit leaves no valid size with more of them than 11.
        if (number.length() > 11 || Long.parseLong(number) > MAXIMUM_BYTES >>> shift) {
            throw new ConfigException("The memory size '" + text
                    + "' is above 65536G, which is all that a guest can address. " + EXPECTED);
        }
        return new MemorySize(Long.parseLong(number) << shift);
    }

    private static int shift(String unit) {
        return switch (unit) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
    }

    /** With the largest unit that leaves a whole number: {@code 256M}. */
    @Override
    public String toString() {
        for (String unit : new String[] {"G", "M", "K"}) {
            if ((bytes & ((1L << shift(unit)) - 1)) == 0) {
                return (bytes >> shift(unit)) + unit;
            }
        }
        return bytes + " bytes";
    }
}
