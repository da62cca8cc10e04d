package dev.unikernel.network.premade;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.host.Host;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.Threads;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OwnNamespace
class PremadeNetworkTest {

    private static final MacAddress MAC = MacAddress.parse("AA:C6:00:00:00:01");

    @TempDir
    Path folder;

    @Test
    void aTapThatIsNotThereIsNamedWithTheCommandsThatMakeIt() {
        assertThat(missing("tap0"))
                .startsWith("there is no interface tap0 in this network namespace")
                .contains("sudo ip tuntap add dev tap0 mode tap user ", "sudo ip link set dev tap0 up");
    }

    @Test
    void whatIsNoTapIsRefused() {
        Shell.run("ip link add tap0 type veth peer name other; ip tuntap add dev tun0 mode tun");

        assertThat(missing("tap0")).startsWith("tap0 is no tap device");
        assertThat(missing("tun0")).startsWith("tun0 is no tap device, but a tun device");
    }

    @Test
    void aTapThatIsDownIsRefused() {
        Shell.run("ip tuntap add dev tap0 mode tap; ip addr add 10.0.2.1/24 dev tap0");

        assertThat(missing("tap0")).isEqualTo("the tap tap0 is down. Set it up: sudo ip link set dev tap0 up");
    }

    @Test
    void aTapWithoutAddressIsRefused() {
        Shell.run("ip tuntap add dev tap0 mode tap; ip link set tap0 up");

        assertThat(missing("tap0"))
                .startsWith("the tap tap0 has no IPv4 address")
                .contains("10.0.2.1/24");
    }

    @Test
    void aPortOfABridgeIsRefused() {
        Shell.run("ip link add br0 type bridge; ip tuntap add dev tap0 mode tap; ip link set tap0 master br0 up");

        assertThat(missing("tap0")).startsWith("the tap tap0 is a port of br0").contains("nomaster");
    }

    @Test
    void aTapWithSeveralQueuesIsRefused() {
        Shell.run("ip tuntap add dev tap0 mode tap multi_queue; ip addr add 10.0.2.1/24 dev tap0; ip link set tap0 up");

        assertThat(missing("tap0")).contains("several queues (multi_queue)", "ip link delete tap0");
    }

    @Test
    void aTapOfAnotherUserIsRefusedToWhoMayNotConfigureInterfaces() {
        assumeTrue(Shell.run("cat /proc/self/uid_map").contains(" 4294967295"), "there is no other user in here");
        Shell.run("ip tuntap add dev tap0 mode tap user 1; ip addr add 10.0.2.1/24 dev tap0; ip link set tap0 up");
        String probe = "'%s' -cp '%s' %s tap0"
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path"),
                        ProbesTap.class.getName());

        assertThat(Shell.run("setpriv --bounding-set=-all --inh-caps=-all " + probe))
                .matches("the tap tap0 belongs to the user \\S+, and (\\S+) may not open it without"
                        + " CAP_NET_ADMIN\\. Make it anew for this user: sudo ip link delete tap0; sudo ip tuntap add dev tap0"
                        + " mode tap user \\1; sudo ip address add 10\\.0\\.2\\.1/24 dev tap0; sudo ip link set dev tap0"
                        + " up\n");
        assertThat(Shell.run(probe)).doesNotContain("belongs to");
    }

    @Test
    void theFirstThatIsNotFitIsNamed() {
        make("tap0", "10.0.2.1/24");

        assertThat(missing("tap0", "tap1")).startsWith("there is no interface tap1");
    }

    @Test
    void aTapThatIsFitIsTakenWithTheHardwareAddressOfItsPlace() {
        make("tap0", "10.0.2.1/24");
        make("tap1", "10.0.3.1/24");
        PremadeNetwork network = new PremadeNetwork(List.of("tap0", "tap1"), MAC);
        try (Attachment first = network.attach(List.of(8080), folder);
                Attachment second = network.attach(List.of(8080), folder)) {
            assertThat(first.nic()).isEqualTo(new TapNic(MAC, "tap0"));
            assertThat(second.nic()).isEqualTo(new TapNic(MacAddress.parse("aa:c6:00:00:00:02"), "tap1"));
            assertThat(first.describe()).isEqualTo("tap tap0 of your own, 10.0.2.0/24, guest aa:c6:00:00:00:01");
            assertThat(first.leases().lease()).isEmpty();
            assertThatThrownBy(() -> network.attach(List.of(), folder))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("tap0 is used by another VM of this extension")
                    .hasMessageContaining("tap1 is used by another VM of this extension");
        }
        assertThat(Threads.ours()).isEmpty();
        assertThat(Shell.run("ip -4 -oneline address show")).contains("tap0    inet 10.0.2.1/24");
    }

    @Test
    void whoComesSecondGetsTheTapWhenTheFirstHasGone() throws Exception {
        make("tap0", "10.0.2.1/24");
        PremadeNetwork network = new PremadeNetwork(List.of("tap0"), MAC);
        Attachment first = network.attach(List.of(), folder);
        CompletableFuture<Attachment> second =
                CompletableFuture.supplyAsync(() -> network.attach(List.of(), folder, Duration.ofSeconds(20)));
        assertThatThrownBy(() -> second.get(300, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);

        first.close();

        second.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void aTapIsFreeAgainWhenTheJvmThatUsedItIsKilled() throws Exception {
        make("tap0", "10.0.2.1/24");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldsTap.class.getName(),
                        "tap0")
                .redirectErrorStream(true)
                .start();
        BufferedReader words = new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8));
        assertThat(words.readLine()).isEqualTo("holds tap0");
        PremadeNetwork network = new PremadeNetwork(List.of("tap0"), MAC);
        assertThatThrownBy(() -> network.attach(List.of(), folder, Duration.ofMillis(200)))
                .hasMessageContaining("no tap became free within 200 ms")
                .hasMessageContaining("tap0 is used by another VM of this extension");

        other.destroyForcibly().waitFor();

        network.attach(List.of(), folder, Duration.ofSeconds(10)).close();
    }

    @Test
    void aTapThatSomebodyElseUsesIsNamedWithTheProgram() throws Exception {
        make("tap0", "10.0.2.1/24");
        Process foreign = Shell.start("exec qemu-system-x86_64 -M none -nodefaults -display none -monitor none"
                + " -netdev tap,id=n0,ifname=tap0,script=no,downscript=no");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Shell.run("ip -oneline link show dev tap0").contains("LOWER_UP"));
        PremadeNetwork network = new PremadeNetwork(List.of("tap0"), MAC);

        assertThatThrownBy(() -> network.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("tap0 is used by qemu-system-x86 (pid " + foreign.pid() + ")");

        foreign.destroy();
        network.attach(List.of(), folder, Duration.ofSeconds(10)).close();
    }

    @Test
    void aGroupsHardwareAddressIsRefused() {
        assertThatThrownBy(() -> new PremadeNetwork(List.of("tap0"), MacAddress.parse("01:00:00:00:00:01")))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("unikernel.mac");
    }

    private static String missing(String... taps) {
        return PremadeNetwork.probe(List.of(taps), Host.current())
                .missing()
                .orElseThrow()
                .toString();
    }

    static void make(String tap, String address) {
        Shell.run("ip tuntap add dev %1$s mode tap; ip addr add %2$s dev %1$s; ip link set %1$s up"
                .formatted(tap, address));
    }
}
