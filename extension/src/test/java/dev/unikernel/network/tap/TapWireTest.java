package dev.unikernel.network.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.BitRate;
import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import dev.unikernel.network.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tap's faults leave in the kernel; that frames suffer is seen with real guests. */
@OwnNamespace
class TapWireTest {

    private static final LinkFaults LOSSY = LinkFaults.NONE.withLossPercent(25);

    private final RecordingGuard guard = new RecordingGuard();

    @TempDir
    Path folder;

    @Test
    void nothingIsLeftWhenTheLastFaultIsTakenBack() {
        try (TapAttachment attachment = new TapNetwork(guard).attach(List.of(), folder)) {
            String before = state();
            set(attachment, LOSSY);
            assertThat(guard.guarded).containsExactly("uk0000", "uk0000h", "uk0000q");
            assertThat(Shell.run("tc filter show dev uk0000 egress")).contains("Egress Redirect to device uk0000h");
            assertThat(Shell.run("ip neighbour show dev uk0000"))
                    .contains("198.18.0.2 lladdr " + attachment.nic().mac() + " PERMANENT");

            set(attachment, LOSSY.withLimit(BitRate.parse("1Mbit")));
            assertThat(Shell.run("tc qdisc show dev uk0000q"))
                    .contains("qdisc tbf")
                    .contains("rate 1Mbit");
            assertThat(Shell.run("tc qdisc show dev uk0000"))
                    .contains("qdisc tbf")
                    .contains("rate 1Mbit");

            set(attachment, LinkFaults.NONE);
            assertThat(state()).isEqualTo(before);
            assertThat(guard.guarded).containsExactly("uk0000");
            assertThat(Shell.run("ip neighbour show dev uk0000")).doesNotContain("PERMANENT");
        }
    }

    @Test
    void closingTakesFaultsAway() {
        TapAttachment attachment = new TapNetwork(guard).attach(List.of(), folder);
        set(attachment, LOSSY);
        attachment.close();

        assertThat(Shell.run("ip -oneline link show")).doesNotContain("uk0000h").doesNotContain("uk0000q");
        assertThatThrownBy(() -> wire(attachment).set(LinkFaults.NONE))
                .isInstanceOf(NetworkException.class)
                .hasMessage("tap uk0000 has been taken away. Set faults while the VM is there");
    }

    @Test
    void refusedFaultChangesNothing() {
        try (TapAttachment attachment = new TapNetwork(guard).attach(List.of(), folder)) {
            String before = state();
            LinkFaults slow = LinkFaults.NONE.withDelay(Duration.ofMillis(5));
            try {
                wire(attachment).set(slow);
                assertThat(Shell.run("tc qdisc show dev uk0000q"))
                        .contains("qdisc netem")
                        .contains("delay 5ms");
                wire(attachment).set(LinkFaults.NONE);
                Assumptions.abort("SKIPPED: this kernel has sch_netem, so it refuses nothing");
            } catch (NetworkException refused) {
                assertThat(refused).hasMessageStartingWith("this machine's kernel lacks sch_netem, which that needs (");
            }
            assertThat(state()).isEqualTo(before);
            assertThat(guard.guarded).containsExactly("uk0000");

            set(attachment, LOSSY);
            String lossy = state();
            assertThatThrownBy(() -> wire(attachment).set(slow)).hasMessageContaining("sudo modprobe -a sch_netem");
            assertThat(state()).isEqualTo(lossy);
        }
    }

    /** What kernels without {@code ifb} and the like say is not to be had here; but that of a device that is not there is. */
    @Test
    void whatTheProgramSaysIsQuoted() {
        try (TapAttachment attachment = new TapNetwork(guard).attach(List.of(), folder)) {
            Shell.run("ip link add uk0000h type dummy 2>/dev/null || ip tuntap add dev uk0000h mode tap");
            assertThatThrownBy(() -> wire(attachment).set(LOSSY))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("tap uk0000 cannot be made to fail: ")
                    .hasMessageContaining("File exists");
        }
    }

    private static void set(TapAttachment attachment, LinkFaults faults) {
        try {
            wire(attachment).set(faults);
        } catch (NetworkException refused) {
            Assumptions.assumeFalse(
                    String.valueOf(refused.getMessage()).contains("kernel lacks"), "SKIPPED: " + refused.getMessage());
            throw refused;
        }
    }

    private static Wire wire(TapAttachment attachment) {
        return attachment.wire().orElseThrow();
    }

    /** Handles and numbers differ each time. */
    private static String state() {
        return Shell.run("ip -oneline link show | cut -d' ' -f2; for d in $(ls /proc/sys/net/ipv4/conf); do"
                        + " tc qdisc show dev $d 2>/dev/null; tc filter show dev $d ingress 2>/dev/null;"
                        + " tc filter show dev $d egress 2>/dev/null; done; true")
                .replaceAll("qdisc (\\S+) [0-9a-f]+:", "qdisc $1")
                .replaceAll("refcnt \\d+|index \\d+", "");
    }
}
