package dev.unikernel.network.tap;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way out of this network namespace, for those guests that may take it: a device behind which somebody else has QEMU's user
 * network and connects for them. The kernel routes, so that each guest keeps its own address; nothing is translated or
 * filtered. Safe for use by several threads.
 *
 * <p>What a guest may do is said twice. It is forwarded only if its own device forwards, and then only by the rules here: out
 * if there is one for it, and never to another guest.
 */
final class Uplink {

    /** As in QEMU's user network. */
    static final Inet4Address NAME_SERVER = Ipv4.parse("10.0.2.3");

    private static final String OUR_END = "10.0.2.100/24";
    private static final String ROUTER = "10.0.2.2";

    /** The rules' places: the kernel asks them in this order, after those that lead to this host itself. */
    private static final String OWN = "pref 1001 ";

    private static final String ANSWERS = "pref 1002 ";
    private static final String TO_GUESTS = "pref 1003 ";
    private static final String OUT = "pref 1004 ";
    private static final String ANYTHING_ELSE = "pref 1005 ";

    private final IpCommand ip;

    /** How many guests each rule is for: one that comes back may have the address of one that is still being released. */
    private final Map<String, Integer> rules = new HashMap<>();

    private boolean closedToOthers;
    private String device = "";

    Uplink(IpCommand ip) {
        this.ip = ip;
    }

    /** What lets one guest out, until it is closed. */
    final class Exit implements AutoCloseable {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final String rule;

        private Exit(String rule) {
            this.rule = rule;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                remove(rule);
            }
        }
    }

    /**
     * Lets the guest of a link out through a device, which exists and has not been touched.
     *
     * @throws NetworkException if that is not possible; the guest is kept in then
     */
    synchronized Exit open(Link link, String through) {
        if (!through.equals(device)) {
            lead(through);
        }
        String entrance = link.bridge().orElse(link.tap());
        String rule = OUT + "from " + link.guest().getHostAddress() + " iif " + entrance + " lookup main";
        add(rule);
        Exit exit = new Exit(rule);
        try {
            // First of all: what answers a packet with another guest's address as its sender would come to that one.
            set("conf", entrance, "rp_filter", "1");
            set("conf", entrance, "forwarding", "1");
        } catch (NetworkException refused) {
            exit.close();
            throw refused;
        }
        return exit;
    }

    /** Whoever is behind the device asks for a guest's hardware address, and is told our own, at once. */
    private void lead(String through) {
        if (!closedToOthers) {
            run("rule add " + OWN + "iif lo lookup main\n"
                    + "rule add " + TO_GUESTS + "to " + LinkPool.ADDRESSES + " unreachable\n"
                    + "rule add " + ANYTHING_ELSE + "unreachable\n");
            closedToOthers = true;
        }
        run("address add " + OUR_END + " dev " + through + "\n"
                + "link set dev " + through + " up\n"
                + "route replace default via " + ROUTER + " dev " + through + "\n"
                + "rule add " + ANSWERS + "iif " + through + " lookup main\n");
        set("conf", through, "proxy_arp", "1");
        set("neigh", through, "proxy_delay", "0");
        set("conf", through, "forwarding", "1");
        device = through;
    }

    private void add(String rule) {
        int guests = rules.getOrDefault(rule, 0);
        if (guests == 0) {
            run("rule add " + rule + "\n");
        }
        rules.put(rule, guests + 1);
    }

    private synchronized void remove(String rule) {
        int guests = rules.getOrDefault(rule, 0) - 1;
        if (guests > 0) {
            rules.put(rule, guests);
            return;
        }
        rules.remove(rule);
        try {
            run("rule delete " + rule + "\n");
        } catch (NetworkException failed) {
            System.getLogger(Uplink.class.getName()).log(WARNING, "a rule for a guest that is gone is left", failed);
        }
    }

    private void run(String commands) {
        Tool.Result result = ip.await(ip.startBatch(commands));
        if (result.exitCode() != 0) {
            throw new NetworkException("guests cannot be let out: " + ip + " said '" + result.output()
                    + "'. Does the kernel have policy routing (CONFIG_IP_MULTIPLE_TABLES), and does 'ip rule' work by"
                    + " hand?");
        }
    }

    private static void set(String kind, String device, String name, String value) {
        Path setting = Device.setting(kind, device, name);
        try {
            Files.writeString(setting, value);
        } catch (IOException refused) {
            throw new NetworkException(
                    "guests cannot be let out: " + setting + " was not set to " + value + " (" + refused
                            + "). In a container, let it be writable, or use QEMU and its network"
                            + " (unikernel.hypervisor=qemu, unikernel.network=user)",
                    refused);
        }
    }
}
