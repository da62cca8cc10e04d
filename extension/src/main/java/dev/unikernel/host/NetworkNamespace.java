package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The network namespace of this process. */
final class NetworkNamespace {

    /** Set by our wrapper for what it starts in the namespace that it made. */
    private static final String MADE_BY_US = "UNIKERNEL_NAMESPACE";

    /** What the names of our own taps begin with. */
    private static final String OUR_TAPS = "uk";

    /** What Linux puts into each new namespace, by the modules that are loaded. They lead nowhere until configured. */
    private static final Set<String> ALWAYS_THERE =
            Set.of("lo", "tunl0", "sit0", "gre0", "gretap0", "erspan0", "ip6tnl0", "ip6gre0", "ip_vti0", "ip6_vti0");

    private static final String FIX =
            "Run the test JVM in a network namespace of its own (the README has the wrapper), or"
                    + " allow the change with unikernel.network=host-tap.";

    private NetworkNamespace() {}

    static Probe own(Surroundings surroundings) {
        if ("1".equals(surroundings.environment().get(MADE_BY_US))) {
            return new Probe.Available("network namespace of our own (" + MADE_BY_US + "=1)");
        }
        Path devices = surroundings.proc().resolve("self/net/dev");
        try (Stream<String> lines = Files.lines(devices)) {
            List<String> foreign = lines.skip(2) // the table's head
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .filter(name -> !ALWAYS_THERE.contains(name) && !name.startsWith(OUR_TAPS))
                    .toList();
            return foreign.isEmpty()
                    ? new Probe.Available("network namespace without foreign interfaces")
                    : new Probe.Missing(
                            "a tap would change the network of this machine, since this network namespace has "
                                    + String.join(", ", foreign),
                            FIX);
        } catch (IOException | IndexOutOfBoundsException e) {
            return new Probe.Missing(
                    "the interfaces of this network namespace cannot be read from " + devices + " (" + e + ")", FIX);
        }
    }
}
