package dev.unikernel.network.premade;

import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks at network interfaces by {@code ip}: it tells more of a tap than Java does, and of this namespace only. */
record Taps(Tool ip) {

    /** @throws NetworkException if there is no program {@code ip} */
    static Taps find() {
        return Tool.find("ip")
                .map(Taps::new)
                .orElseThrow(() -> new NetworkException("the program 'ip', which tells about taps, is in none of "
                        + Tool.path() + ". Install iproute2 (Debian, Ubuntu: sudo apt-get install iproute2)"));
    }

    /** Whether guests can be connected to all of {@code names}; the first that is not fit is named. */
    Probe probe(List<String> names, Host host) {
        for (String name : names) {
            Optional<PremadeTap> tap = look(name);
            Probe probe = tap.isPresent() ? tap.get().probe(host) : absent(name);
            if (!probe.isAvailable()) {
                return probe;
            }
        }
        return new Probe.Available("taps " + String.join(", ", names));
    }

    private static Probe.Missing absent(String name) {
        boolean wrapped = "1".equals(System.getenv("UNIKERNEL_NAMESPACE"));
        return new Probe.Missing(
                "there is no interface " + name + " in this network namespace",
                wrapped
                        ? "Run these tests without the namespace wrapper (<jvm>), which hides the taps of the machine, or"
                                + " set unikernel.network=tap, for which you need no tap."
                        : "Make it: " + PremadeTap.recipe(name));
    }

    /** The interface as it is now; empty if there is none of that name. */
    Optional<PremadeTap> look(String name) {
        Tool.Result link = run("-details", "-oneline", "link", "show", "dev", name);
        if (link.exitCode() != 0) {
            return Optional.empty();
        }
        Tool.Result addresses = run("-4", "-oneline", "address", "show", "dev", name);
        return Optional.of(PremadeTap.parse(name, link.output(), addresses.output()));
    }

    /** What the kernel knows of a neighbour: {@code "10.0.2.10 lladdr aa:c6:00:00:00:01 REACHABLE"}, or nothing. */
    String neighbour(String address, String tap) {
        return run("-4", "neighbour", "show", "to", address, "dev", tap).output();
    }

    private Tool.Result run(String... arguments) {
        return ip.await(ip.start(List.of(arguments)));
    }

    /** The process that has the tap open, as far as it can be seen: {@code "qemu-system-x86 (pid 812)"}. */
    static String user(String name) {
        return user(Path.of("/proc"), name);
    }

    static String user(Path proc, String name) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, name)) {
                    return Files.readString(process.resolve("comm")).strip() + " (pid " + process.getFileName() + ")";
                }
            }
        } catch (IOException gone) {
            // The process ended while it was looked at.
        }
        return "a process that cannot be seen from here";
    }

    /** The kernel prints the interface of an open tun or tap in /proc/PID/fdinfo (drivers/net/tun.c). */
    private static boolean holds(Path process, String name) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fdinfo"))) {
            for (Path descriptor : descriptors) {
                if (Files.readString(descriptor).contains("iff:\t" + name + "\n")) {
                    return true;
                }
            }
        } catch (IOException foreign) {
            // The process of another user, or one that has just ended.
        }
        return false;
    }
}
