package dev.unikernel.network.premade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unikernel.network.Lease;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second network namespace plays the guest, at the other end of a pair of interfaces that plays the tap. */
@OwnNamespace
class LeaseSearchTest {

    private static final MacAddress MAC = MacAddress.parse("AA:C6:00:00:00:01");

    private static final String LEASES = """
            lease 10.0.2.%s {
              starts 2 2026/11/24 07:14:11;
              ends 2 2026/11/24 19:14:11;
              hardware ethernet aa:c6:00:00:00:01;
            }
            """;

    @TempDir
    Path folder;

    @Test
    void anEntryCountsOnceTheGuestAnswersThere() throws Exception {
        LeaseFile file = leases("10");
        prepareGuest("10.0.2.10/24");
        try (LeaseSearch search = search(file)) {
            guestSays();
            Lease lease = awaitLease(search);
            assertThat(lease.address().getHostAddress()).isEqualTo("10.0.2.10");
            assertThat(lease.mac()).isEqualTo(MAC);
            assertThat(lease.time()).isEqualTo(Duration.ofHours(12));
            assertThat(lease.server().getHostAddress()).isEqualTo("10.0.2.1");
            assertThat(search.leasedAt()).isPresent();
        }
    }

    @Test
    void anOldEntryIsNotBelievedAlthoughItIsTheNewestOne() throws Exception {
        LeaseFile file = leases("10", "77");
        prepareGuest("10.0.2.10/24");
        try (LeaseSearch search = search(file)) {
            guestSays();
            assertThat(awaitLease(search).address().getHostAddress()).isEqualTo("10.0.2.10");
        }
    }

    @Test
    void theNeighbourTableAloneIsNotBelieved() throws Exception {
        prepareGuest("10.0.2.99/24");
        Shell.run("ip neighbour replace 10.0.2.10 lladdr " + MAC + " dev veth0 nud stale");
        try (LeaseSearch search = search(leases("10"))) {
            guestSays();
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> search.lease()
                    .isEmpty());
            assertThat(search.nextStep().orElseThrow())
                    .contains("Does a DHCP server run on veth0", "10.0.2.10 (" + folder.resolve("leases"));
        }
    }

    @Test
    void anotherCardAtTheAddressIsNotBelieved() throws Exception {
        prepareGuest("10.0.2.10/24");
        Shell.run("nsenter --net=/proc/$(cat " + folder.resolve("pid") + ")/ns/net"
                + " ip link set dev veth1 address aa:c6:00:00:00:09");
        try (LeaseSearch search = search(leases("10"))) {
            guestSays();
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> search.lease()
                    .isEmpty());
        }
    }

    @Test
    void anAddressOnTheSerialLineIsTried() throws Exception {
        prepareGuest("10.0.2.10/24");
        Path serial = Files.writeString(folder.resolve("serial.log"), "booted 1.2.3.4\nassigned: 10.0.2.10\n");
        try (LeaseSearch search = search(leases())) {
            search.readSerialLog(serial);
            guestSays();
            assertThat(awaitLease(search).address().getHostAddress()).isEqualTo("10.0.2.10");
        }
    }

    @Test
    void nothingIsAskedBeforeTheGuestHasSaidAnything() throws Exception {
        prepareGuest("10.0.2.10/24");
        try (LeaseSearch search = search(leases("10"))) {
            await().during(Duration.ofMillis(700))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> search.lease().isEmpty());
            assertThat(Shell.run("ip -4 neighbour show dev veth0")).isEmpty();
        }
    }

    private static Lease awaitLease(LeaseSearch search) {
        return await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(search::lease, Optional::isPresent)
                .orElseThrow();
    }

    private LeaseSearch search(LeaseFile file) {
        Taps taps = Taps.find();
        PremadeTap tap = taps.look("veth0").orElseThrow();
        return new LeaseSearch(tap, MAC, taps, Optional.empty(), List.of(file));
    }

    private LeaseFile leases(String... hosts) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String host : hosts) {
            text.append(LEASES.formatted(host));
        }
        return new LeaseFile(LeaseFormat.DHCPD, Files.writeString(folder.resolve("leases"), text));
    }

    /** IPv6 off, so that nothing is said by itself. */
    private void prepareGuest(String address) throws Exception {
        Shell.start("exec unshare --net sh -c 'echo $$ >%1$s.new; mv %1$s.new %1$s; exec sleep 60'"
                .formatted(folder.resolve("pid")));
        await().atMost(Duration.ofSeconds(5)).until(() -> Files.exists(folder.resolve("pid")));
        String inside = "nsenter --net=/proc/$(cat " + folder.resolve("pid") + ")/ns/net ";
        Shell.run(
                "sysctl -qw net.ipv6.conf.default.disable_ipv6=1 || true; ip link add veth0 type veth peer name veth1;"
                        + inside
                        + "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 || true;"
                        + "ip link set veth1 netns $(cat " + folder.resolve("pid") + ");"
                        + "ip addr add 10.0.2.1/24 dev veth0; ip link set veth0 up;"
                        + inside + "ip link set veth1 address " + MAC + " up; "
                        + inside + "ip addr add " + address + " dev veth1; " + inside + "ip link set lo up");
    }

    /** Two frames that nobody answers, as a discovery and a request are, from somebody without an address. */
    private void guestSays() {
        Shell.run("nsenter --net=/proc/$(cat " + folder.resolve("pid") + ")/ns/net busybox arping -c 2 -w 1 -I veth1"
                + " 10.0.2.200 >/dev/null || true");
    }
}
