package dev.unikernel.network.tap;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.TapGuard;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A tap device that we have made.
 *
 * @param link whose end it is
 */
record Tap(Link link, Device device, TapWire wire) {

    /** Only other processes that make taps of the same names, at the same time, are in the way. */
    private static final int ATTEMPTS = 1_000;

    /**
     * Makes the first tap that nobody else has, and sets it up with our end of the link's addresses or as a port of the
     * link's bridge.
     *
     * @param links gives another link each time
     * @throws NetworkException if that is not possible; nothing is left behind
     */
    static Tap create(Supplier<Link> links, IpCommand ip, TapGuard guard) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Link link = links.get();
            Optional<Device> made =
                    Device.make(link.tap(), commands(link), ip, guard, output -> explain(link, ip, output));
            if (made.isPresent()) {
                if (link.bridge().isEmpty()) {
                    made.get().becomeOurEnd();
                }
                return new Tap(link, made.get(), new TapWire(link, ip, guard));
            }
        }
        throw new NetworkException("no tap could be made: " + ATTEMPTS
                + " names in a row were taken (see 'ip link'). Are those left over?");
    }

    private static String commands(Link link) {
        // Not by a format: Java's takes 8 ms when it is first used.
        return "tuntap add dev " + link.tap() + " mode tap\n"
                + link.bridge()
                        .map(bridge -> "link set dev " + link.tap() + " master " + bridge + "\n")
                        .orElseGet(() -> "address add " + link.host().getHostAddress() + "/"
                                + link.subnet().prefix() + " dev " + link.tap() + "\n")
                + "link set dev " + link.tap() + " up\n";
    }

    private static String explain(Link link, IpCommand ip, String output) {
        String subject = "tap " + link.tap() + " could not be made: ";
        if (output.contains("Operation not permitted")) {
            return subject + "this process does not have CAP_NET_ADMIN in its network namespace (" + ip
                    + " said '" + firstLine(output) + "'). Run the test JVM in a network namespace of its own, where it"
                    + " has that capability (the README has the wrapper), or as root, or use unikernel.network=user";
        }
        if (output.contains("open: No such file or directory")) {
            return subject
                    + "/dev/net/tun does not exist. Load its module (sudo modprobe tun); in a container, pass it in"
                    + " (docker run --device /dev/net/tun); or use unikernel.network=user";
        }
        if (output.contains("open: Permission denied")) {
            return subject + "/dev/net/tun may not be opened for reading and writing. Open it to every user (sudo"
                    + " chmod 666 /dev/net/tun), or use unikernel.network=user";
        }
        return subject + ip + " said '" + output + "'. Is it the one of iproute2, and does" + " 'ip tuntap add dev "
                + link.tap() + " mode tap' work by hand?";
    }

    private static String firstLine(String output) {
        return output.lines().findFirst().orElse("");
    }

    /** Deletes the tap, without waiting for it. */
    void delete() {
        wire.close();
        device.delete();
    }
}
