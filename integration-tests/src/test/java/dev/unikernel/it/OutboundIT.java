package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whether a guest reaches what this machine reaches: an address of its loopback interface that no VM has. For QEMU's user
 * network alone, which is what runs classes without a tag.
 */
@ExtendWith(NeedsTheHypervisor.class)
class OutboundIT {

    private static final String BEYOND = "peer=127.77.255.254";

    private final VmLauncher launcher = VmLauncher.create();

    @Test
    void aGuestReachesWhatTheMachineReachesOnlyIfAskedFor() throws Exception {
        assumeTrue(mayPing(), "this user may not ping (net.ipv4.ping_group_range), so QEMU may not for the guest");
        // Both know the way: QEMU names a router only to the one that it lets out.
        try (Vm out = launcher.start(guest().cmdline(BEYOND + " router=10.0.2.2")
                        .outbound(true)
                        .build());
                Vm kept = launcher.start(
                        guest().cmdline(BEYOND + " router=10.0.2.2").build())) {
            await("out").atMost(Duration.ofSeconds(20)).until(() -> answers(out) > 0);
            await("kept")
                    .pollInterval(Duration.ofMillis(20))
                    .during(Duration.ofMillis(600))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> answers(kept) == 0);
        }
    }

    private static VmSpec.Builder guest() {
        return VmSpec.builder().kernel(FixtureGuest.kernel());
    }

    private static int answers(Vm vm) throws IOException, InterruptedException {
        String body = Http.get(vm.uri("/peer")).body();
        assertThat(body).matches("\\d+");
        return Integer.parseInt(body);
    }

    /** By a socket for all users, or by one for root. */
    private static boolean mayPing() throws IOException {
        // By lines, which takes a buffer: what is read of it in two pieces ends after the first.
        String[] groups = Files.readAllLines(Path.of("/proc/sys/net/ipv4/ping_group_range"))
                .get(0)
                .trim()
                .split("\\s+");
        return Long.parseLong(groups[0]) <= Long.parseLong(groups[1]) || "root".equals(System.getProperty("user.name"));
    }
}
