package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmNamed;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Which VMs reach each other: a guest pings its peer and tells how many answers came. */
@Tag("lan")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class SharedNetworkIT {

    private static final Set<InetAddress> ADDRESSES = ConcurrentHashMap.newKeySet();

    private final VmLauncher launcher = VmLauncher.create();

    @Test
    void vmsOfANetworkReachEachOtherAndClassesDoNotMeet() {
        ADDRESSES.clear();
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(ATestCase.class), selectClass(BTestCase.class))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
                .execute()
                .testEvents()
                .assertStatistics(tests -> tests.started(2).succeeded(2));
        assertThat(ADDRESSES).hasSize(4);
    }

    @UnikernelVm(name = "web", kernel = Guests.KERNEL, network = "lan", cmdline = "peer=${vm.db.address}")
    @UnikernelVm(name = "db", kernel = Guests.KERNEL, network = "lan", cmdline = "peer=${vm.web.address}")
    @Execution(ExecutionMode.CONCURRENT)
    abstract static class Pair {

        @Test
        void theyReachEachOther(@VmNamed("web") Vm web, @VmNamed("db") Vm db) throws Exception {
            reaches(web);
            reaches(db);
            assertThat(Http.get(web.uri()).statusCode()).isEqualTo(200);
            ADDRESSES.add(web.lease().address());
            ADDRESSES.add(db.lease().address());
        }
    }

    static class ATestCase extends Pair {}

    static class BTestCase extends Pair {}

    @Test
    void vmsWithoutANetworkDoNotReachEachOtherEvenWhereTheNamespaceForwards() throws Exception {
        letTheNamespaceForward();
        try (Vm alone = launcher.start(named("alone").build());
                Vm other = launcher.start(
                        named("other").cmdline("peer=" + address(alone)).build())) {
            try (Vm control = launcher.start(named("control")
                    .cmdline("peer=" + alone.lease().server().getHostAddress())
                    .build())) {
                // By the same way: the host itself has that address.
                reaches(control);
                reachesNobody(other);
            }
        }
    }

    @Test
    void aVmWithoutTheNetworkAndOneOfAnotherNetworkReachNobodyOnIt() throws Exception {
        try (Vm web = launcher.start(named("web").network("lan").build());
                Vm db = launcher.start(named("db")
                        .network("lan")
                        .cmdline("peer=${vm.web.address}")
                        .build());
                Vm elsewhere = launcher.start(named("elsewhere")
                        .network("dmz")
                        .cmdline("peer=" + address(web))
                        .build());
                Vm alone = launcher.start(
                        named("alone").cmdline("peer=" + address(web)).build());
                Vm foreign = VmLauncher.create()
                        .start(named("db")
                                .network("lan")
                                .cmdline("peer=" + address(web))
                                .build())) {
            reaches(db);
            reachesNobody(elsewhere);
            reachesNobody(alone);
            reachesNobody(foreign);
        }
    }

    @Test
    void aVmThatComesBackIsFoundWhereItWas() throws Exception {
        try (Vm db = launcher.start(
                named("db").network("lan").cmdline("peer=${vm.web.address}").build())) {
            InetAddress address;
            try (Vm web = launcher.start(named("web").network("lan").build())) {
                reaches(db);
                address = web.lease().address();
            }
            int before = answers(db);
            try (Vm web = launcher.start(named("web").network("lan").build())) {
                assertThat(web.lease().address()).isEqualTo(address);
                reaches(db, before);
            }
        }
    }

    @Test
    void aVmThatIsDisconnectedIsReachedByNoOtherUntilItIsConnectedAgain() throws Exception {
        try (Vm db = launcher.start(named("db").network("lan").build());
                Vm web = launcher.start(named("web")
                        .network("lan")
                        .cmdline("peer=${vm.db.address}")
                        .build())) {
            reaches(web);
            db.network().disconnect();
            // What was on its way has come by the time of the next request.
            answers(web);
            int before = answers(web);
            reachesNobody(web, before);
            db.network().reconnect();
            reaches(web, before);
        }
    }

    @Test
    void twoVmsOfOneNameAreRefused() {
        try (Vm web = launcher.start(named("web").network("lan").build())) {
            assertThat(web.isRunning()).isTrue();
            assertThatThrownBy(() ->
                            launcher.start(named("web").network("lan").build()).close())
                    .isInstanceOf(VmStartException.BadInput.class)
                    .hasMessageStartingWith(
                            "VM 'web' cannot be started: there is a VM 'web' on the network 'lan' already")
                    .hasMessageContaining("Next: ");
        }
    }

    private static VmSpec.Builder named(String name) {
        return VmSpec.builder().kernel(FixtureGuest.kernel()).name(name);
    }

    private static String address(Vm vm) {
        return vm.lease().address().getHostAddress();
    }

    private static void reaches(Vm vm) {
        reaches(vm, 0);
    }

    private static void reaches(Vm vm, int before) {
        await(vm.name()).atMost(Duration.ofSeconds(20)).until(() -> answers(vm) > before);
    }

    private static void reachesNobody(Vm vm) {
        reachesNobody(vm, 0);
    }

    /** Asked so often that a way would have been found several times over. */
    private static void reachesNobody(Vm vm, int before) {
        await(vm.name())
                .pollInterval(Duration.ofMillis(20))
                .during(Duration.ofMillis(600))
                .atMost(Duration.ofSeconds(20))
                .until(() -> answers(vm) == before);
    }

    private static int answers(Vm vm) throws IOException, InterruptedException {
        return Integer.parseInt(Http.get(vm.uri("/peer")).body());
    }

    /** As it does from the start on a machine with Docker. Only in a namespace that was made for these tests. */
    private void letTheNamespaceForward() throws IOException {
        NetworkMode mode = launcher.plan(named("vm").build()).networkMode();
        if (mode == NetworkMode.TAP && System.getenv("UNIKERNEL_NAMESPACE") != null) {
            Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        }
    }
}
