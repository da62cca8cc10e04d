package dev.unikernel.host;

import dev.unikernel.config.MemorySize;
import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The memory of this machine.
 *
 * @param bytes what Linux has to give, used or free; empty if it does not tell
 */
record Memory(OptionalLong bytes) {

    private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s*(\\d{1,15}) kB");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s*(\\d{1,15}) kB");

    static Memory of(Surroundings surroundings) {
        return new Memory(amount(TOTAL, surroundings));
    }

    /** What new processes could get without swapping, now. */
    static OptionalLong available(Surroundings surroundings) {
        return amount(AVAILABLE, surroundings);
    }

    private static OptionalLong amount(Pattern wanted, Surroundings surroundings) {
        try (Stream<String> lines = Files.lines(surroundings.proc().resolve("meminfo"))) {
            return lines.map(wanted::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(matcher -> Long.parseLong(matcher.group(1)) << 10)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    Probe probe(MemorySize size) {
        // Where the total is not known the hypervisor decides: it would be wrong to refuse what may work.
        if (bytes.isEmpty() || size.bytes() <= bytes.getAsLong()) {
            return new Probe.Available("memory for " + size);
        }
        double gibibytes = bytes.getAsLong() / (double) (1L << 30);
        return new Probe.Missing(
                String.format(
                        Locale.ROOT,
                        "the guest's memory of %s is more than the %.1fG that this machine has",
                        size,
                        gibibytes),
                "Ask for less memory.");
    }
}
