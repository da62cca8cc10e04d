package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.config.Settings;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.dhcp.Binding;
import dev.unikernel.network.dhcp.DhcpCapture;
import dev.unikernel.network.dhcp.DhcpServer;
import dev.unikernel.network.dhcp.LinkServer;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * Our own DHCP server with leases of seconds, at a tap that is made for it; what goes over the wire is read from its capture.
 * In this JVM's own network namespace.
 */
final class ShortLease implements AutoCloseable {

    private static final Subnet LINK = Subnet.parse("10.0.2.0/24");

    private final Binding binding;
    private final Path capture;
    private final DhcpCapture kept = new DhcpCapture();
    private final LinkServer.Served served;

    /** As many of the messages as have been waited for. */
    private int seen;

    ShortLease(Duration time, Path folder) throws Exception {
        assumeTrue(
                "1".equals(System.getenv("UNIKERNEL_NAMESPACE")),
                "only in a network namespace of its own may this test make a tap");
        run("ip", "tuntap", "add", "dev", "tap0", "mode", "tap");
        run("ip", "address", "add", "10.0.2.1/24", "dev", "tap0");
        run("ip", "link", "set", "tap0", "up");
        binding = new Binding(MacAddress.parse("AA:C6:00:00:00:01"), LINK.host(15), LINK.host(1), LINK, time);
        capture = folder.resolve(DhcpCapture.FILE_NAME);
        served = new DhcpServer().serve(binding, "tap0", folder, kept);
        kept.writeBeside(folder.resolve("serial.log"));
    }

    /** Boots the guest, which gets its address, renews it at T1, and rebinds it at T2 once nobody hears its unicasts. */
    void isRenewedAndRebound(VmSpec spec) throws Exception {
        try (Vm vm = leased(spec)) {
            awaits("unicast renewal", "ACK");

            becomeDeafToUnicast();

            awaits("broadcast renewal", "ACK");
            assertThat(heard()).doesNotContain("NAK");
            assertThat(served.leases().lease().orElseThrow().address()).isEqualTo(binding.address());
            assertThat(vm.isRunning()).isTrue();
        }
    }

    /** Boots the guest, which gets its address and serves there for longer than the lease, without another word about it. */
    void isKeptInSilence(VmSpec spec) throws Exception {
        try (Vm vm = leased(spec)) {
            Duration longer = binding.leaseTime().multipliedBy(2);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(100))
                    .during(longer)
                    .atMost(longer.plusSeconds(60))
                    .until(() -> heard().size() == seen);
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
    }

    private Vm leased(VmSpec spec) {
        Map<String, String> settings = Map.of("unikernel.tap", "tap0", "unikernel.network", "premade");
        VmLauncher launcher = VmLauncher.create(
                Settings.of(name -> Optional.ofNullable(settings.getOrDefault(name, System.getProperty(name)))));
        Vm vm = launcher.start(spec);
        try {
            assertThat(vm.address()).isEqualTo(binding.address());
            awaits("broadcast DISCOVER", "OFFER");
            awaits("broadcast REQUEST", "ACK");
            return vm;
        } catch (AssertionError | RuntimeException unexpected) {
            vm.close();
            throw unexpected;
        }
    }

    /** What the guest sends to the hardware address that it knows reaches nobody any more; what we send still reaches it. */
    private void becomeDeafToUnicast() throws Exception {
        run("ip", "link", "set", "dev", "tap0", "arp", "off", "address", "02:00:00:00:00:99");
        String guest = binding.address().getHostAddress();
        run("ip", "neighbour", "replace", guest, "lladdr", binding.mac().toString(), "nud", "permanent", "dev", "tap0");
        seen = heard().size();
    }

    private void awaits(String request, String answer) {
        List<String> wanted = List.of(request, answer);
        Awaitility.await()
                .atMost(binding.leaseTime().plusSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    List<String> heard = heard();
                    int at = Collections.indexOfSubList(heard.subList(seen, heard.size()), wanted);
                    assertThat(at).as("%s in %s after %d", wanted, heard, seen).isNotNegative();
                    seen += at + wanted.size();
                });
    }

    private List<String> heard() throws IOException {
        return DhcpTranscript.words(capture);
    }

    @Override
    public void close() throws Exception {
        served.close();
        kept.close();
        run("ip", "link", "delete", "tap0");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }
}
