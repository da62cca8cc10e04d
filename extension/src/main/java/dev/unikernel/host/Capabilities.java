package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The capabilities of this process, as capabilities(7) names them. */
final class Capabilities {

    /** The bit of CAP_NET_ADMIN, from linux/capability.h. */
    private static final int NET_ADMIN = 12;

    private static final String EFFECTIVE = "CapEff:";

    private static final String FIX = "Run the test JVM in a network namespace of its own, where it has that capability"
            + " (the README has the wrapper), or as root.";

    private Capabilities() {}

    static Probe netAdmin(Surroundings surroundings) {
        Path status = surroundings.proc().resolve("self/status");
        try (Stream<String> lines = Files.lines(status)) {
            String set = lines.filter(line -> line.startsWith(EFFECTIVE))
                    .findFirst()
                    .map(line -> line.substring(EFFECTIVE.length()).strip())
                    .orElse("0");
            boolean has = (Long.parseUnsignedLong(set, 16) & 1L << NET_ADMIN) != 0;
            return has
                    ? new Probe.Available("CAP_NET_ADMIN")
                    : new Probe.Missing(
                            "this process, of the user " + surroundings.user()
                                    + ", does not have the capability CAP_NET_ADMIN",
                            FIX);
        } catch (IOException | NumberFormatException e) {
            return new Probe.Missing(
                    "the capabilities of this process cannot be read from " + status + " (" + e + ")", FIX);
        }
    }
}
