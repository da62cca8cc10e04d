package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.config.Settings;
import dev.unikernel.host.ProgramPath;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest's DHCP messages as a file for Wireshark: as tcpdump, whose library Wireshark shares, reads it. */
@GuestTest
@LeavesNothing
class CaptureIT {

    @TempDir
    Path folder;

    @Test
    void theExchangeIsInTheFileWhereItIsAskedFor() throws Exception {
        Optional<Path> tcpdump = ProgramPath.ofThisJvm().find("tcpdump");
        assumeTrue(tcpdump.isPresent(), "SKIPPED: tcpdump, which reads the file, is not installed");
        VmLauncher launcher = VmLauncher.create(
                Settings.of(name -> name.equals("unikernel.capture") ? Optional.of("dhcp") : setByMaven(name)));
        try (Vm vm = launcher.start(spec())) {
            String mac = vm.lease().mac().toString();
            String address = vm.lease().address().getHostAddress();
            String server = vm.lease().server().getHostAddress();

            String said = read(tcpdump.get(), vm.serialLog().resolveSibling("dhcp.pcap"));

            assertThat(said)
                    .contains(mac + " > ff:ff:ff:ff:ff:ff, ethertype IPv4")
                    .contains("0.0.0.0.68 > 255.255.255.255.67: ")
                    .containsSubsequence(
                            "DHCP-Message (53), length 1: Discover",
                            "DHCP-Message (53), length 1: Offer",
                            "DHCP-Message (53), length 1: Request",
                            "DHCP-Message (53), length 1: ACK")
                    .contains(
                            "Your-IP " + address,
                            "Server-ID (54), length 4: " + server,
                            "Client-Ethernet-Address " + mac)
                    .doesNotContain("bad udp cksum", "bad cksum", "truncated", "invalid");
        }
    }

    @Test
    void thereIsNoFileOtherwise() {
        try (Vm vm = VmLauncher.create().start(spec())) {
            assertThat(vm.serialLog()).exists();
            assertThat(vm.serialLog().resolveSibling("dhcp.pcap")).doesNotExist();
        }
    }

    private VmSpec spec() {
        return Guests.fixture(Guests.image().build(), folder).build();
    }

    private static Optional<String> setByMaven(String name) {
        return Optional.ofNullable(System.getProperty(name));
    }

    private static String read(Path tcpdump, Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(tcpdump.toString(), "-n", "-e", "-vv", "-r", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
