package dev.unikernel.network.dhcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import dev.unikernel.network.Subnet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * DHCP clients that others wrote, each with a lease of seconds: it gets an address, renews it at T1 by unicast, and when the
 * server does not hear that any more, rebinds it at T2 by broadcast.
 */
@OwnNamespace(concurrent = true)
class DhcpClientsTest {

    private static final Binding SHORT = binding(16);

    @TempDir
    Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Test
    void busyboxUdhcpc() throws Exception {
        Path busybox = find("busybox");
        String script = script("""
                case $1 in
                  bound | renew) ip address replace "$ip/$mask" dev "$interface" ;;
                  deconfig) ip address flush dev "$interface" ;;
                esac
                """);

        // It takes every lease for one of at least 30 s, and looks at neither T1 nor T2.
        getsRenewsAndRebinds(binding(40), "exec " + busybox + " udhcpc -f -i guest0 -s " + script);
    }

    @Test
    void iscDhclient() throws Exception {
        Path dhclient = find("dhclient");
        String script = script("""
                case $reason in
                  BOUND | RENEW | REBIND | REBOOT) ip address replace "$new_ip_address/30" dev "$interface" ;;
                  EXPIRE | FAIL | STOP) ip address flush dev "$interface" ;;
                esac
                """);
        // By default it would not look at the time between T2 and the end of so short a lease.
        Path configuration =
                Files.writeString(folder.resolve("dhclient.conf"), "initial-interval 1;\nbackoff-cutoff 1;\n");

        getsRenewsAndRebinds(
                SHORT,
                "exec " + dhclient + " -4 -d -cf " + configuration + " -lf " + folder.resolve("leases") + " -pf "
                        + folder.resolve("pid") + " -sf " + script + " guest0");
    }

    @Test
    void dhcpcd() throws Exception {
        Path dhcpcd = find("dhcpcd");
        Path configuration = Files.writeString(folder.resolve("dhcpcd.conf"), "clientid\nnoipv4ll\nnoarp\n");

        getsRenewsAndRebinds(SHORT, """
                mount -t tmpfs none /run; mkdir -p /var/lib/dhcpcd; mount -t tmpfs none /var/lib/dhcpcd
                exec %s -4 -B -d -f %s -c /bin/true guest0""".formatted(dhcpcd, configuration));
    }

    @Test
    void systemdNetworkd() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/lib/systemd/systemd-networkd")),
                "SKIPPED: the DHCP client systemd-networkd is not installed here");

        // A read-only /sys tells it that there is no udev to wait for.
        getsRenewsAndRebinds(SHORT, """
                mount -t tmpfs none /run; mount -o remount,ro,bind /sys
                mkdir -p /run/systemd/network /run/systemd/netif
                printf '[Match]\\nName=guest0\\n[Network]\\nDHCP=ipv4\\nLinkLocalAddressing=no\\n' >/run/systemd/network/10.network
                SYSTEMD_LOG_LEVEL=debug exec /lib/systemd/systemd-networkd""");
    }

    /** The Linux kernel's {@code ip=dhcp} as a program; as in the kernel, one address has to do. */
    @Test
    void klibcIpconfig() throws Exception {
        Path program = Path.of("/usr/lib/klibc/bin/ipconfig");
        assumeTrue(
                Files.isExecutable(program), "SKIPPED: the DHCP client ipconfig of klibc-utils is not installed here");
        try (Client client = new Client(SHORT, "exec " + program + " -t 10 -c dhcp guest0")) {
            client.awaits("broadcast REQUEST, sent ACK");
            assertThat(client.process.waitFor(10, SECONDS)).isTrue();
            assertThat(client.log()).contains("address: 198.18.0.2", "gateway: 198.18.0.1", "broadcast: 198.18.0.3");
        }
    }

    private void getsRenewsAndRebinds(Binding binding, String command) throws Exception {
        try (Client client = new Client(binding, command)) {
            client.awaits("broadcast DISCOVER, sent OFFER");
            client.awaits("broadcast REQUEST, sent ACK");
            client.awaits("unicast renewal, sent ACK");
            assertThat(heard).doesNotContain("sent NAK");

            client.becomeDeafToUnicast();

            client.awaits("broadcast renewal, sent ACK");
            assertThat(heard).doesNotContain("sent NAK");
            assertThat(client.served.leases().lease().orElseThrow().address()).isEqualTo(binding.address());
        }
    }

    private String script(String body) throws IOException {
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n" + body + "exit 0\n");
        Shell.run("chmod +x " + script);
        return script.toString();
    }

    /** The program where it is installed, or where {@code bin/setup} has unpacked it. */
    private static Path find(String program) {
        Path cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(name -> !name.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("unikernel-junit")
                .resolve(program);
        Optional<Path> found = Stream.of(Path.of("/"), cache)
                .flatMap(root -> Stream.of("bin", "usr/bin", "sbin", "usr/sbin").map(root::resolve))
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
        return found.orElseGet(() -> abort(
                "SKIPPED: the DHCP client " + program + " is not installed here, and bin/setup has unpacked none"));
    }

    private static Binding binding(long seconds) {
        Subnet subnet = Subnet.parse("198.18.0.0/30");
        return new Binding(
                MacAddress.parse("02:00:00:00:00:01"),
                subnet.host(2),
                subnet.host(1),
                subnet,
                Duration.ofSeconds(seconds));
    }

    /** A client in a namespace of its own, at the other end of a pair of devices; {@code host0} is ours. */
    private final class Client implements AutoCloseable, LinkLog {

        private final Binding binding;
        private final LinkServer.Served served;
        private final Process process;
        private int seen;

        private Client(Binding binding, String command) throws IOException {
            this.binding = binding;
            Shell.run("""
                    ip link add host0 type veth peer name guest0 address %s
                    ip address add %s/30 dev host0
                    ip link set host0 up
                    """.formatted(binding.mac(), binding.server().getHostAddress()));
            served = new DhcpServer().serve(binding, this);
            process = new ProcessBuilder(
                            "unshare",
                            "--net",
                            "--mount",
                            "sh",
                            "-c",
                            "until ip link show guest0 2>/dev/null; do sleep 0.05; done; ip link set guest0 up\n"
                                    + command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("client.log").toFile())
                    .start();
            Path namespace = Path.of("/proc/" + process.pid() + "/ns/net");
            Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !Files.readSymbolicLink(namespace)
                    .equals(ours));
            Shell.run("ip link set guest0 netns " + process.pid());
        }

        @Override
        public void received(ByteBuffer payload, InetSocketAddress from, boolean broadcast) {
            DhcpMessage message = DhcpMessage.parse(payload.duplicate());
            // The address that a client has stands elsewhere than the one that it would like to have.
            boolean renewal = message.type() == Type.REQUEST && message.ciaddr().equals(binding.address());
            heard.add((broadcast ? "broadcast " : "unicast ") + (renewal ? "renewal" : message.type()));
        }

        @Override
        public void sent(ByteBuffer payload, InetSocketAddress to) {
            heard.add("sent " + DhcpMessage.parse(payload.duplicate()).type());
        }

        /** Waits for two events, one right after the other, that come after those waited for before. */
        private void awaits(String pair) throws IOException {
            List<String> wanted = List.of(pair.split(", "));
            try {
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                    int begin = heard.size() - wanted.size();
                    for (int index = seen; index <= begin; index++) {
                        if (heard.subList(index, index + wanted.size()).equals(wanted)) {
                            seen = index + wanted.size();
                            return true;
                        }
                    }
                    return false;
                });
            } catch (ConditionTimeoutException timeout) {
                throw new AssertionError(
                        pair + " was not seen, but " + heard + "; the client said:\n" + log(), timeout);
            }
        }

        /** What the client sends to the address that it knows reaches nobody any more; what we send still reaches it. */
        private void becomeDeafToUnicast() {
            Shell.run("""
                    ip link set dev host0 arp off address 02:00:00:00:00:99
                    ip neighbour replace %s lladdr %s nud permanent dev host0
                    """.formatted(binding.address().getHostAddress(), binding.mac()));
            seen = heard.size();
        }

        private String log() throws IOException {
            return Files.readString(folder.resolve("client.log"));
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(5, SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            served.close();
        }
    }
}
