package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whether a guest reaches what this machine reaches: a server of this JVM at 127.0.0.1, which guests know as 10.0.2.2. */
@Tag("outbound")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class OutboundIT {

    /** Many more than fit into any window or queue; a KVM in software takes 5 s for as many. */
    private static final int MANY = 1 << 20;

    private final VmLauncher launcher = VmLauncher.create();

    @Test
    void aGuestFetchesFromThisJvm() throws Exception {
        try (LoopbackServer large = new LoopbackServer(MANY);
                LoopbackServer small = new LoopbackServer(1);
                Vm vm = launcher.start(guest().outbound(true).build())) {
            for (LoopbackServer server : List.of(large, small)) {
                fetch(vm, server);
                awaitFetched(vm, server);
                assertThat(server.connections()).isEqualTo(1);
            }
            // What the test asks of the guest goes on as ever.
            assertThat(Http.get(vm.uri()).body()).isEqualTo("Hello from the fixture unikernel\n");
        }
    }

    @Test
    void twoGuestsFetchAtTheSameTime() throws Exception {
        try (LoopbackServer server = new LoopbackServer(MANY / 4);
                LoopbackServer another = new LoopbackServer(MANY / 4 - 1);
                Vm one = launcher.start(guest().outbound(true).build());
                Vm two = launcher.start(guest().outbound(true).build())) {
            fetch(one, server);
            fetch(two, another);
            awaitFetched(one, server);
            awaitFetched(two, another);
        }
    }

    @Test
    void aGuestThatDoesNotAskForItReachesNothing() throws Exception {
        // Both know the way: QEMU names a router only to the one that it lets out.
        try (LoopbackServer server = new LoopbackServer(100);
                Vm out = launcher.start(guest().outbound(true).build());
                Vm kept = launcher.start(guest().build())) {
            fetch(kept, server);
            fetch(out, server);
            awaitFetched(out, server);
            await("kept")
                    .pollInterval(Duration.ofMillis(20))
                    .during(Duration.ofMillis(1_200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> fetched(kept).matches("(running|broken off) 0 .*"));
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    private static VmSpec.Builder guest() {
        return VmSpec.builder().kernel(FixtureGuest.kernel()).cmdline("peer=10.0.2.2");
    }

    static void fetch(Vm vm, LoopbackServer server) throws IOException, InterruptedException {
        assertThat(Http.get(vm.uri(server.fetchPath())).statusCode()).isEqualTo(200);
    }

    static String fetched(Vm vm) throws IOException, InterruptedException {
        return Http.get(vm.uri("/fetched")).body();
    }

    static void awaitFetched(Vm vm, LoopbackServer server) throws IOException, InterruptedException {
        await("fetched").atMost(Duration.ofSeconds(60)).until(() -> !fetched(vm).startsWith("running"));
        assertThat(fetched(vm)).isEqualTo(server.fetched());
    }
}
