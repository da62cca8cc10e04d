package dev.unikernel.network.tap;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A network device that we have made. */
final class Device {

    /**
     * How long the kernel waits for an answer to ARP before it asks again. With its default of 1 s, whoever connects a
     * moment too early waits for half a second on average.
     */
    private static final String RETRANSMIT_MILLIS = "20";

    /** What {@code ip -batch -} says if it could not even make the device. */
    private static final String FIRST_LINE_FAILED = "Command failed -:1";

    private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4");

    private final String name;
    private final IpCommand ip;
    private final TapGuard.Entry guard;

    private Device(String name, IpCommand ip, TapGuard.Entry guard) {
        this.name = name;
        this.ip = ip;
        this.guard = guard;
    }

    /**
     * Makes a device. Empty if there is one of that name already.
     *
     * @param commands what {@code ip} is to do; the first line makes the device
     * @param explain makes a message of what {@code ip} said
     * @throws NetworkException if that is not possible; nothing is left behind
     */
    static Optional<Device> make(
            String name, String commands, IpCommand ip, TapGuard guard, UnaryOperator<String> explain) {
        TapGuard.Entry entry = guard.guard(name);
        Process making = startMaking(commands, ip, entry);
        // If this throws, it is not known whether the device exists: then it stays guarded.
        Tool.Result result = ip.await(making);
        Device device = new Device(name, ip, entry);
        if (result.exitCode() == 0) {
            device.tellItsNumber();
            return Optional.of(device);
        }
        boolean notMade = result.output().contains(FIRST_LINE_FAILED);
        if (notMade && isTaken(result.output())) {
            entry.close();
            return Optional.empty();
        }
        if (notMade || !exists(name)) {
            entry.close();
        } else {
            device.delete();
        }
        throw new NetworkException(explain.apply(result.output()));
    }

    /** Of a tap, and of any other device. */
    private static boolean isTaken(String output) {
        return output.contains("Device or resource busy") || output.contains("File exists");
    }

    /** The JDK's list of interfaces leaves out those that have no address yet. */
    private static boolean exists(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/dev"))) {
            return lines.anyMatch(line -> line.trim().startsWith(name + ":"));
        } catch (IOException unknown) {
            return true;
        }
    }

    private static Process startMaking(String commands, IpCommand ip, TapGuard.Entry entry) {
        try {
            return ip.startBatch(commands);
        } catch (NetworkException notStarted) {
            entry.close();
            throw notStarted;
        }
    }

    /** Another JVM may give its device this name while ours is being deleted: then the number tells them apart. */
    private void tellItsNumber() {
        try {
            NetworkInterface made = NetworkInterface.getByName(name);
            if (made != null) {
                guard.made(made.getIndex());
            }
        } catch (SocketException unknown) {
            log().log(DEBUG, "{0} is guarded by its name: {1}", name, unknown);
        }
    }

    /** For a device that has our address: guests behind it are found fast, and find nobody but us. */
    void becomeOurEnd() {
        hastenArp();
        refuseToForward();
    }

    private void hastenArp() {
        Path setting = SETTINGS.resolve("neigh").resolve(name).resolve("retrans_time_ms");
        try {
            Files.writeString(setting, RETRANSMIT_MILLIS);
        } catch (IOException readOnly) {
            // In many containers; then a connection that comes too early takes longer, and that is all.
            log().log(DEBUG, "{0} was not set: {1}", setting, readOnly);
        }
    }

    /** The file of what the kernel has for one device: {@code conf} or {@code neigh}, ip-sysctl.rst. */
    static Path setting(String kind, String device, String name) {
        return SETTINGS.resolve(kind).resolve(device).resolve(name);
    }

    /** A namespace forwards from the start if the machine does, as one with Docker does (devconf_inherit_init_net). */
    private void refuseToForward() {
        Path setting = setting("conf", name, "forwarding");
        try {
            if (!Files.readString(setting).trim().equals("0")) {
                Files.writeString(setting, "0");
            }
        } catch (IOException readOnly) {
            log().log(
                            WARNING,
                            "VMs can perhaps reach each other without a network in common: {0} was not set to 0 ({1})",
                            setting,
                            readOnly);
        }
    }

    /**
     * Deletes the device, which takes the kernel some 20 ms: this does not wait for it. The deleting process is on its own
     * from the start, so that a JVM which ends right after does not leave the device.
     */
    void delete() {
        Process deleting;
        try {
            deleting = ip.startDeleting(name);
        } catch (NetworkException failed) {
            // Still guarded, so it goes with this JVM.
            log().log(WARNING, name + " is not deleted yet", failed);
            return;
        }
        Thread follower = new Thread(() -> follow(deleting), "unikernel-tap-" + name);
        follower.setDaemon(true);
        follower.start();
    }

    private void follow(Process deleting) {
        try {
            Tool.Result result = ip.await(deleting);
            if (result.exitCode() == 0 || result.output().contains("Cannot find device")) {
                guard.close();
            } else {
                log().log(WARNING, "{0} could not be deleted: {1} said ''{2}''", name, ip, result.output());
            }
        } catch (NetworkException failed) {
            log().log(WARNING, name + " is perhaps not deleted yet", failed);
        }
    }

    private static System.Logger log() {
        return System.getLogger(Tap.class.getName());
    }
}
