package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;

/** The capabilities of this process, as capabilities(7) names them. */
final class Capabilities {

    // linux/capability.h
    private static final int NET_BIND_SERVICE = 10;
    private static final int NET_ADMIN = 12;
    private static final int SYS_ADMIN = 21;

    private static final String FIX = "Run the test JVM in a network namespace of its own, where it has that capability"
            + " (the README has the wrapper), or as root.";

    private Capabilities() {}

    static Probe netAdmin(Surroundings surroundings) {
        try {
            return ProcessStatus.read(surroundings).has(NET_ADMIN)
                    ? new Probe.Available("CAP_NET_ADMIN")
                    : new Probe.Missing(
                            "this process, of the user " + surroundings.user()
                                    + ", does not have the capability CAP_NET_ADMIN",
                            FIX);
        } catch (IOException | NumberFormatException e) {
            return new Probe.Missing(
                    "the capabilities of this process cannot be read from " + ProcessStatus.file(surroundings) + " ("
                            + e + ")",
                    FIX);
        }
    }

    /**
     * Whether this process can make network, mount and process namespaces, and taps and a DHCP server in there, without
     * becoming root of a user namespace first. Root in a container often cannot.
     */
    static boolean mayMakeNamespaces(Surroundings surroundings) {
        try {
            ProcessStatus status = ProcessStatus.of(surroundings);
            return status.has(SYS_ADMIN) && status.has(NET_ADMIN) && status.has(NET_BIND_SERVICE);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
