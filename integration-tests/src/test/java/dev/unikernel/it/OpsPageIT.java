package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.BootPhase;
import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * What OPS documents for Cloud Hypervisor, as it stands: a tap made by hand, ISC dhcpd with its defaults, one hardware
 * address. In this JVM's own network namespace.
 */
@DhcpTest
@LeavesNothing
class OpsPageIT {

    private static final String CONFIGURATION = """
            subnet 10.0.2.0 netmask 255.255.255.0 {
              option routers 10.0.2.1;
              range 10.0.2.10 10.0.2.255;
            }
            """;

    /** As the README has it: Kea does not listen at a tap that no VMM has open, but can be told to try again. */
    private static final String OF_KEA = """
            {
              "Dhcp4": {
                "interfaces-config": {
                  "interfaces": ["tap0"],
                  "service-sockets-max-retries": 1000000,
                  "service-sockets-retry-wait-time": 200
                },
                "lease-database": { "type": "memfile", "name": "FOLDER/kea-leases4.csv", "lfc-interval": 0 },
                "subnet4": [
                  { "id": 1, "subnet": "10.0.2.0/24", "interface": "tap0", "pools": [{ "pool": "10.0.2.10-10.0.2.254" }] }
                ]
              }
            }
            """;

    @TempDir
    Path folder;

    private Process server;

    @BeforeEach
    void makeTheTap() throws Exception {
        assumeTrue(
                "1".equals(System.getenv("UNIKERNEL_NAMESPACE")),
                "only in a network namespace of its own may this test make a tap");
        run("ip", "tuntap", "add", "dev", "tap0", "mode", "tap");
        run("ip", "addr", "add", "10.0.2.1/24", "dev", "tap0");
        run("ip", "link", "set", "tap0", "up");
    }

    private void start(String program, String readyLine, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Servers.find(program, folder).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        builder.environment().put("KEA_PIDFILE_DIR", folder.toString());
        builder.environment().put("KEA_LOCKFILE_DIR", folder.toString());
        server = builder.start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .failFast(() -> !server.isAlive())
                .until(() -> Files.readString(log()).contains(readyLine));
    }

    private void startDhcpd() throws Exception {
        Files.writeString(folder.resolve("dhcpd.conf"), CONFIGURATION);
        Files.createFile(folder.resolve("dhcpd.leases"));
        start(
                "dhcpd",
                "Server starting service",
                "-f",
                "-d",
                "-cf",
                "dhcpd.conf",
                "-lf",
                "dhcpd.leases",
                "-pf",
                "dhcpd.pid",
                "tap0");
    }

    @AfterEach
    void takeItAway() throws Exception {
        if (server != null) {
            server.destroy();
            assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        run("ip", "link", "delete", "tap0");
    }

    @UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
    static class WebServerTestCase {

        @Test
        void answersAtTheAddressThatDhcpdGave(@VmAddress URI uri, Vm vm) throws Exception {
            assertThat(Http.get(uri).statusCode()).isEqualTo(200);
            assertThat(uri).hasPort(8080);
            assertThat(uri.getHost()).startsWith("10.0.2.").isNotEqualTo("10.0.2.1");
            assertThat(vm.lease().mac()).hasToString("aa:c6:00:00:00:01");
            assertThat(vm.lease().address()).isEqualTo(vm.address());
            assertThat(vm.lease().server().getHostAddress()).isEqualTo("10.0.2.1");
            assertThat(vm.serialLog()).content().contains("assigned: " + uri.getHost());
            assertThat(vm.timeline().at(BootPhase.LEASED)).isPresent();
        }
    }

    static class HeardTestCase extends WebServerTestCase {

        @Test
        void itsDiscoveryWasHeard(Vm vm) {
            assertThat(vm.timeline().at(BootPhase.DISCOVER)).isPresent();
        }
    }

    @Test
    void passesTwiceWithinAQuarterOfTheLeasesTime() throws Exception {
        startDhcpd();
        long begin = System.nanoTime();
        passes(HeardTestCase.class, 2);
        String leases = Files.readString(folder.resolve("dhcpd.leases"));
        assertThat(leases).contains("lease 10.0.2.10 {", "hardware ethernet aa:c6:00:00:00:01");
        assertThat(log()).content().doesNotContain("reuse_lease");

        passes(HeardTestCase.class, 2);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
        assertThat(log()).content().contains("reuse_lease").contains("DHCPACK on 10.0.2.10 to aa:c6:00:00:00:01");
        assertThat(folder.resolve("dhcpd.leases"))
                .as("dhcpd wrote nothing the second time")
                .content()
                .isEqualTo(leases);
    }

    @Test
    void dnsmasqWillDoAsWellWithItsDefaults() throws Exception {
        start(
                "dnsmasq",
                "DHCP, IP range",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=0",
                "--interface=tap0",
                "--bind-interfaces",
                "--dhcp-range=10.0.2.10,10.0.2.254,12h",
                "--dhcp-leasefile=" + folder.resolve("leases"),
                "--pid-file=",
                "--user=",
                "--group=",
                "--log-facility=-");

        passes(HeardTestCase.class, 2);
        passes(HeardTestCase.class, 2);
        assertThat(log()).content().contains("DHCPACK(tap0)");
    }

    @Test
    void keaWillDoAsWellIfItIsToldToTryAgain() throws Exception {
        Path configuration = Files.writeString(folder.resolve("kea.conf"), OF_KEA.replace("FOLDER", folder.toString()));
        start("kea-dhcp4", "DHCP4_STARTED", "-c", configuration.toString());

        long begin = System.nanoTime();
        passes(WebServerTestCase.class, 1);
        passes(WebServerTestCase.class, 1);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
        assertThat(log()).content().contains("the interface tap0 is not running", "lease 10.0.2.10 has been allocated");
    }

    private static void passes(Class<?> testCase, int tests) {
        EngineExecutionResults results = EngineTestKit.engine("junit-jupiter")
                .configurationParameter("unikernel.tap", "tap0")
                .configurationParameter("unikernel.network", "premade")
                .selectors(selectClass(testCase))
                .execute();
        results.allEvents().failed().stream()
                .flatMap(event -> event.getPayload().stream())
                .forEach(payload -> System.out.println(payload));
        results.testEvents().assertStatistics(events -> events.succeeded(tests).failed(0));
    }

    private Path log() {
        return folder.resolve("dhcpd.log");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }
}
