package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Settings;
import dev.unikernel.host.HostFixture;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Decision.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which hypervisor and which network are taken on which machine, and what is said of it. */
class ChoiceTest {

    private static final String BY_DEFAULT = "(unikernel.hypervisor=auto (default), unikernel.network=auto (default))";

    private final Map<String, String> values = new HashMap<>();

    @TempDir
    Path folder;

    @Test
    void cloudHypervisorWithTapIsTakenWhereAllIsThere() {
        Decision decision = decide(Machines.complete(folder));

        assertThat(decision.pair()).isEqualTo(new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP));
        assertThat(decision.fallback()).isEmpty();
        assertThat(decision.explanation()).contains("Cloud Hypervisor with network 'tap' " + BY_DEFAULT);
    }

    @Test
    void qemuWithTapIsTakenWithoutCloudHypervisor() throws IOException {
        HostFixture machine = Machines.complete(folder);
        Files.delete(folder.resolve("bin/cloud-hypervisor"));
        Decision decision = decide(machine);

        assertThat(decision.pair()).isEqualTo(new Pair(HypervisorKind.QEMU, NetworkMode.TAP));
        assertThat(decision.fallback())
                .contains("there is no cloud-hypervisor on PATH. Install it, or say where it is with"
                        + " unikernel.cloudHypervisor.binary or the environment variable"
                        + " UNIKERNEL_CLOUD_HYPERVISOR_BINARY or CLOUD_HYPERVISOR.");
        assertThat(decision.explanation().orElseThrow())
                .startsWith("QEMU with network 'tap' " + BY_DEFAULT + "; not Cloud Hypervisor with network 'tap'")
                .endsWith(", as there is no cloud-hypervisor on PATH");
    }

    @Test
    void qemuWithItsOwnNetworkIsTakenWhereNothingElseIsPossible() {
        Decision decision = decide(Machines.bare(folder));

        assertThat(decision.pair()).isEqualTo(new Pair(HypervisorKind.QEMU, NetworkMode.USER));
        assertThat(decision.fallback()).isPresent();
        assertThat(decision.explanation().orElseThrow())
                .startsWith("QEMU with network 'user' " + BY_DEFAULT)
                .contains("; not Cloud Hypervisor with network 'tap'", ", as there is no cloud-hypervisor on PATH")
                .contains("; not QEMU with network 'tap', as a tap would change the network of this machine, since this"
                        + " network namespace has eth0")
                .doesNotContain("\n");
    }

    @Test
    void theNetworkThatIsPreparedBeforeTheChoiceIsTheOneThatIsTaken() {
        HostFixture complete = Machines.complete(folder.resolve("complete"));
        HostFixture bare = Machines.bare(folder.resolve("bare"));

        assertThat(prepared(complete)).isEqualTo(decide(complete).pair().mode());
        assertThat(prepared(bare)).isEqualTo(decide(bare).pair().mode());
    }

    @Test
    void noNetworkIsPreparedWhereNoGuestCanRun() {
        HostFixture machine = Machines.complete(folder);
        machine.architecture = "aarch64";

        assertThat(Choice.network(Settings.only(values), machine.host())).isEmpty();
    }

    private NetworkMode prepared(HostFixture machine) {
        return Choice.network(Settings.only(values), machine.host())
                .orElseThrow()
                .mode();
    }

    @Test
    void reasonsOfBothNetworksOfCloudHypervisorAreGiven() {
        Wanted anything = Wanted.by(Settings.only(values));
        var tap = new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP);
        var namespace = new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.NAMESPACE);
        var noTap = new Probe.Missing("a is not there", "Get a.");
        var noNamespace = new Probe.Missing("b is not there", "Get b.");
        Decision decision = new Decision(
                new Pair(HypervisorKind.QEMU, NetworkMode.USER),
                anything,
                List.of(new Decision.PassedBy(tap, noTap), new Decision.PassedBy(namespace, noNamespace)));
        Decision sameReason = new Decision(
                decision.pair(),
                anything,
                List.of(new Decision.PassedBy(tap, noTap), new Decision.PassedBy(namespace, noTap)));

        assertThat(decision.fallback())
                .contains(
                        "with network 'tap': a is not there. Get a. with network 'namespace': b is not there. Get b.");
        assertThat(sameReason.fallback()).contains("a is not there. Get a.");
        assertThat(sameReason.explanation())
                .contains("QEMU with network 'user' " + BY_DEFAULT
                        + "; not Cloud Hypervisor with network 'tap' or 'namespace', as a is not there");
    }

    @ParameterizedTest
    @CsvSource({"tap", "user", "premade"})
    void networkThatIsAskedForIsTakenOrRefused(String network) {
        values.put("unikernel.network", network);
        values.put("unikernel.hypervisor", "qemu");
        if (network.equals("premade")) {
            values.put("unikernel.tap", "tap0");
        }

        for (HostFixture machine :
                new HostFixture[] {Machines.complete(folder.resolve("a")), Machines.bare(folder.resolve("b"))}) {
            try {
                Decision decision = decide(machine);
                assertThat(decision.pair().mode().key()).isEqualTo(network);
                assertThat(decision.explanation()).isEmpty();
            } catch (VmStartException.PrerequisiteMissing e) {
                assertThat(e).hasMessageContaining("QEMU with network '" + network + "': ");
            }
        }
    }

    @Test
    void networkThatIsAskedForAndCannotBeHadIsRefusedWithItsReason() {
        values.put("unikernel.network", "tap");

        assertThatThrownBy(() -> decide(Machines.bare(folder)))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageStartingWith(
                        "No VM can be started on this machine (unikernel.hypervisor=auto (default) and unikernel.network=tap")
                .hasMessageContainingAll(
                        "\n  - Cloud Hypervisor with network 'tap': there is no cloud-hypervisor on PATH. Install it",
                        "\n  - QEMU with network 'tap': a tap would change the network of this machine, since this"
                                + " network namespace has eth0. Run the test JVM")
                .hasMessageNotContaining("'user'");
    }

    @Test
    void hypervisorThatIsAskedForAndCannotBeHadIsRefusedThoughTheOtherIsThere() throws IOException {
        values.put("unikernel.hypervisor", "cloud-hypervisor");
        HostFixture machine = Machines.complete(folder);
        Files.delete(machine.dev.resolve("kvm"));

        assertThatThrownBy(() -> decide(machine))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageContaining("\n  - Cloud Hypervisor with network 'tap': " + machine.dev.resolve("kvm")
                        + " does not exist. Load its module")
                .hasMessageNotContaining("QEMU with");
    }

    @Test
    void hypervisorThatIsAskedForLeavesTheNetworkToChoose() {
        values.put("unikernel.hypervisor", "qemu");
        HostFixture machine = Machines.complete(folder);
        Machines.withForeignInterface(machine);
        Decision decision = decide(machine);

        assertThat(decision.pair())
                .isEqualTo(new Pair(HypervisorKind.QEMU, decision.pair().mode()));
        assertThat(decision.fallback()).as("Cloud Hypervisor was not wanted").isEmpty();
        assertThat(decision.explanation().orElseThrow())
                .contains("unikernel.hypervisor=qemu")
                .contains("; not QEMU with network 'tap', as a tap would change the network of this machine");
    }

    @Test
    void kvmInSoftwareIsPassedByUnlessAskedFor() {
        HostFixture machine = Machines.complete(folder);
        machine.write(machine.proc.resolve("cpuinfo"), "flags : fpu\n");
        assertThat(decide(machine).pair().kind()).isEqualTo(HypervisorKind.QEMU);

        values.put("unikernel.hypervisor", "cloud-hypervisor");
        assertThat(decide(machine).pair()).isEqualTo(new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP));
    }

    @Test
    void otherServersGoWithTapsOnly() {
        values.put("unikernel.dhcp", "dnsmasq");

        assertThatThrownBy(() -> decide(Machines.bare(folder)))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageContaining("QEMU with network 'tap': ")
                .hasMessageNotContaining("'user'");

        values.put("unikernel.network", "user");
        assertThatThrownBy(() -> decide(Machines.bare(folder)))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageContainingAll("unikernel.dhcp=dnsmasq", "is for the network tap, but the network is user");
    }

    @Test
    void pairThatDoesNotExistIsRefused() {
        values.put("unikernel.hypervisor", "cloud-hypervisor");
        values.put("unikernel.network", "user");

        assertThatThrownBy(() -> decide(Machines.complete(folder)))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageContainingAll("do not go together in this version", "Possible are");
    }

    @Test
    void otherPlatformsAreRefusedBeforeAnythingIsLookedFor() {
        HostFixture machine = Machines.complete(folder);
        machine.os = "Mac OS X";

        assertThatThrownBy(() -> decide(machine))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageContaining("this machine is Mac OS X on amd64, but guests need Linux on x86-64");
    }

    private Decision decide(HostFixture machine) {
        return Choice.decide(Settings.only(values), machine.host());
    }
}
