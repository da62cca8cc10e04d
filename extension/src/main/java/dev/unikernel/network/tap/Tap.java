package dev.unikernel.network.tap;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A tap device that we have made. */
final class Tap {

    /**
     * How long the kernel waits for an answer to ARP before it asks again. With its default of 1 s, whoever connects a
     * moment too early waits for half a second on average.
     */
    private static final String RETRANSMIT_MILLIS = "20";

    /** Only other processes that make taps of the same names, at the same time, are in the way. */
    private static final int ATTEMPTS = 1_000;

    /** What {@code ip -batch -} says if it could not even make the tap. */
    private static final String FIRST_LINE_FAILED = "Command failed -:1";

    private final Link link;
    private final IpCommand ip;
    private final TapGuard.Entry guard;
    private final TapWire wire;

    private Tap(Link link, IpCommand ip, TapGuard.Entry guard, TapWire wire) {
        this.link = link;
        this.ip = ip;
        this.guard = guard;
        this.wire = wire;
    }

    /**
     * Makes the first tap that nobody else has, gives it our end of the link's addresses, and sets it up.
     *
     * @throws NetworkException if that is not possible; nothing is left behind
     */
    static Tap create(LinkPool links, Supplier<List<Subnet>> taken, IpCommand ip, TapGuard guard) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Tap> tap = create(links.next(taken.get()), ip, guard);
            if (tap.isPresent()) {
                return tap.get();
            }
        }
        throw new NetworkException("no tap could be made: " + ATTEMPTS
                + " names in a row were taken (see 'ip link'). Are those left over?");
    }

    /** Empty if there is an interface of that name already. */
    private static Optional<Tap> create(Link link, IpCommand ip, TapGuard guard) {
        TapGuard.Entry entry = guard.guard(link.tap());
        Process creating = startCreating(link, ip, entry);
        // If this throws, it is not known whether the tap exists: then it stays guarded.
        Tool.Result result = ip.await(creating);
        Tap tap = new Tap(link, ip, entry, new TapWire(link, ip, guard));
        if (result.exitCode() == 0) {
            tap.tellItsNumber();
            tap.hastenArp();
            return Optional.of(tap);
        }
        boolean notMade = result.output().contains(FIRST_LINE_FAILED);
        if (notMade && result.output().contains("Device or resource busy")) {
            entry.close();
            return Optional.empty();
        }
        if (notMade || !exists(link.tap())) {
            entry.close();
        } else {
            tap.delete();
        }
        throw new NetworkException(explain(link, ip, result.output()));
    }

    /** The JDK's list of interfaces leaves out those that have no address yet. */
    private static boolean exists(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/dev"))) {
            return lines.anyMatch(line -> line.trim().startsWith(name + ":"));
        } catch (IOException unknown) {
            return true;
        }
    }

    private static Process startCreating(Link link, IpCommand ip, TapGuard.Entry entry) {
        try {
            // Not by a format: Java's takes 8 ms when it is first used.
            return ip.startBatch("tuntap add dev " + link.tap() + " mode tap\n"
                    + "address add " + link.host().getHostAddress() + "/"
                    + link.subnet().prefix() + " dev " + link.tap() + "\n"
                    + "link set dev " + link.tap() + " up\n");
        } catch (NetworkException notStarted) {
            entry.close();
            throw notStarted;
        }
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

    /** Another JVM may give its tap this name while ours is being deleted: then the number tells them apart. */
    private void tellItsNumber() {
        try {
            NetworkInterface made = NetworkInterface.getByName(link.tap());
            if (made != null) {
                guard.made(made.getIndex());
            }
        } catch (SocketException unknown) {
            System.getLogger(Tap.class.getName()).log(DEBUG, "{0} is guarded by its name: {1}", link.tap(), unknown);
        }
    }

    private void hastenArp() {
        Path setting = Path.of("/proc/sys/net/ipv4/neigh", link.tap(), "retrans_time_ms");
        try {
            Files.writeString(setting, RETRANSMIT_MILLIS);
        } catch (IOException readOnly) {
            // In many containers; then a connection that comes too early takes longer, and that is all.
            System.getLogger(Tap.class.getName()).log(DEBUG, "{0} was not set: {1}", setting, readOnly);
        }
    }

    Link link() {
        return link;
    }

    TapWire wire() {
        return wire;
    }

    /**
     * Deletes the tap, which takes the kernel some 20 ms: this does not wait for it. The deleting process is on its own
     * from the start, so that a JVM which ends right after does not leave the tap.
     */
    void delete() {
        wire.close();
        Process deleting;
        try {
            deleting = ip.startDeleting(link.tap());
        } catch (NetworkException failed) {
            // Still guarded, so it goes with this JVM.
            System.getLogger(Tap.class.getName()).log(WARNING, "tap " + link.tap() + " is not deleted yet", failed);
            return;
        }
        Thread follower = new Thread(() -> follow(deleting), "unikernel-tap-" + link.tap());
        follower.setDaemon(true);
        follower.start();
    }

    private void follow(Process deleting) {
        System.Logger log = System.getLogger(Tap.class.getName());
        try {
            Tool.Result result = ip.await(deleting);
            if (result.exitCode() == 0 || result.output().contains("Cannot find device")) {
                guard.close();
            } else {
                log.log(WARNING, "tap {0} could not be deleted: {1} said ''{2}''", link.tap(), ip, result.output());
            }
        } catch (NetworkException failed) {
            log.log(WARNING, "tap " + link.tap() + " is perhaps not deleted yet", failed);
        }
    }
}
