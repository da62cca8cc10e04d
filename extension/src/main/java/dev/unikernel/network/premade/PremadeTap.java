package dev.unikernel.network.premade;

import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network interface that shall be used as a tap, as {@code ip -details -oneline link show} and {@code ip -4 -oneline
 * address show} describe it.
 *
 * @param index its number in this network namespace
 * @param link what {@code ip} said of the interface, in one line
 * @param address its first IPv4 address
 * @param subnet the subnet of that address
 */
record PremadeTap(String name, int index, String link, Optional<Inet4Address> address, Optional<Subnet> subnet) {

    private static final Pattern FLAGS = Pattern.compile("<([A-Z0-9_,-]*)>");
    private static final Pattern INDEX = Pattern.compile("^(\\d+): ");
    private static final Pattern KIND = Pattern.compile("\\btun type (\\w+)");
    private static final Pattern OWNER = Pattern.compile("\\buser (\\S+)");
    private static final Pattern BRIDGE = Pattern.compile("\\bmaster (\\S+)");
    private static final Pattern ADDRESS = Pattern.compile("\\binet ([0-9.]+)/(\\d+)");

    /** Reads what {@code ip} said of the interface {@code name} and of its addresses. */
    static PremadeTap parse(String name, String link, String addresses) {
        int index = first(INDEX, link).map(Integer::parseInt).orElse(0);
        Matcher found = ADDRESS.matcher(addresses);
        if (!found.find()) {
            return new PremadeTap(name, index, link, Optional.empty(), Optional.empty());
        }
        Inet4Address address = Ipv4.parse(found.group(1));
        Subnet subnet = Subnet.around(address, Integer.parseInt(found.group(2)));
        return new PremadeTap(name, index, link, Optional.of(address), Optional.of(subnet));
    }

    /** Whether a process has the tap open: a tap has a carrier only then. */
    boolean isInUse() {
        return hasFlag("LOWER_UP");
    }

    /** Whether a guest of ours can be connected to it, apart from its being in use just now. */
    Probe probe(Host host) {
        String kind = first(KIND, link).orElse("tap");
        if (!link.contains(" tun ") || !kind.equals("tap")) {
            return new Probe.Missing(
                    name + " is no tap device" + (kind.equals("tap") ? "" : ", but a " + kind + " device"),
                    "Name a tap in unikernel.tap, or make one: " + recipe(name));
        }
        if (link.contains(" multi_queue ")) {
            return new Probe.Missing(
                    "the tap " + name + " has several queues (multi_queue), and then it can be opened by programs that"
                            + " ask for several queues only",
                    "Make it anew without multi_queue: sudo ip link delete " + name + "; " + recipe(name));
        }
        Optional<String> owner = first(OWNER, link);
        String user = System.getProperty("user.name");
        if (owner.isPresent() && !owner.get().equals(user) && !host.netAdmin().isAvailable()) {
            return new Probe.Missing(
                    "the tap " + name + " belongs to the user " + owner.get() + ", and " + user
                            + " may not open it without CAP_NET_ADMIN",
                    "Make it anew for this user: sudo ip link delete " + name + "; " + recipe(name));
        }
        if (!hasFlag("UP")) {
            return new Probe.Missing("the tap " + name + " is down", "Set it up: sudo ip link set dev " + name + " up");
        }
        Optional<String> bridge = first(BRIDGE, link);
        if (address.isEmpty() && bridge.isPresent()) {
            return new Probe.Missing(
                    "the tap " + name + " is a port of " + bridge.get() + " and has no IPv4 address of its own",
                    "Take it out (sudo ip link set dev " + name
                            + " nomaster) and give it an address: sudo ip address add" + " 10.0.2.1/24 dev " + name);
        }
        if (address.isEmpty()) {
            return new Probe.Missing(
                    "the tap " + name + " has no IPv4 address, so that nothing on this machine reaches its guest",
                    "Give it one: sudo ip address add 10.0.2.1/24 dev " + name);
        }
        return new Probe.Available("tap " + name + ", " + address.get().getHostAddress());
    }

    /** The commands that make such a tap, on one line. */
    static String recipe(String name) {
        return "sudo ip tuntap add dev " + name + " mode tap user " + System.getProperty("user.name")
                + "; sudo ip address add 10.0.2.1/24 dev " + name + "; sudo ip link set dev " + name + " up";
    }

    private boolean hasFlag(String flag) {
        return first(FLAGS, link)
                .filter(flags -> ("," + flags + ",").contains("," + flag + ","))
                .isPresent();
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
