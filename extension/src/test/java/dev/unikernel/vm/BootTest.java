package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.hypervisor.Disk;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.NanosImage;
import dev.unikernel.image.nanos.TfsImage;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootTest {

    @TempDir
    Path folder;

    private BootFixture given;

    @BeforeEach
    void makeFixture() {
        given = new BootFixture(folder);
    }

    @Test
    void guestIsConnectedBeforeItStartsAndItsSerialLogIsTold() throws IOException {
        Path image = Files.write(folder.resolve("image.raw"), new byte[512]);
        given.network.giveLease();

        try (Vm vm = given.boot(given.spec().image(image).port(80).ports(443))) {
            assertThat(given.network.ports).containsExactly(80, 443);
            assertThat(given.network.patience).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
            Path ofVm = given.network.folder.orElseThrow();
            assertThat(given.hypervisor.machine())
                    .isEqualTo(vm.plan()
                            .machine(
                                    given.network.nic(),
                                    List.of(new Disk(ofVm.resolve("disk0.raw"), false)),
                                    ofVm,
                                    given.workDir.resolve("web")));
            assertThat(ofVm.resolve("disk0.raw")).hasSameBinaryContentAs(image);
            assertThat(given.network.serialLog).contains(vm.serialLog());
        }
    }

    @Test
    void vmOnANetworkIsConnectedThereAndToldItsPeersAddresses() {
        given.network.giveLease();

        try (Vm vm = given.boot(
                given.spec().network("lan").cmdline("db=${vm.db.address} me=${vm.web.address} $${vm.db.address}"))) {
            assertThat(given.hypervisor.machine().cmdline()).isEqualTo("db=198.19.0.2 me=198.19.0.3 ${vm.db.address}");
            assertThat(given.network.joined).isEqualTo("lan/web");
            assertThat(vm.plan().toString()).contains("network:    tap, 'lan' with other VMs");
            assertThat(given.network.left).isFalse();
        }
        assertThat(given.network.closed).isTrue();
        assertThat(given.network.left).isTrue();
    }

    @Test
    void networkThatRefusesAVmIsBadInput() {
        given.network.full = true;

        assertThatThrownBy(() -> given.boot(given.spec().network("lan")))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessage("VM 'web' cannot be started: it is full");
    }

    @Test
    void bootThatIsReadyTellsItsLeaseAndTheAddressThatReachesIt() {
        given.network.reachable = FakeNetwork.ipv4(127, 0, 0, 9);

        try (Vm vm = given.boot()) {
            assertThat(vm.lease()).isEqualTo(FakeNetwork.LEASE);
            assertThat(vm.address()).isEqualTo(FakeNetwork.ipv4(127, 0, 0, 9));
        }
    }

    @Test
    void phasesAreCountedFromTheStart() {
        long startedAt = System.nanoTime() - Duration.ofSeconds(4).toNanos();

        given.network.giveLease();
        try (Vm vm = new Boot(given.plan(given.spec()), startedAt).run()) {
            assertThat(vm.timeline().reached()).containsOnlyKeys(BootPhase.SPAWNED, BootPhase.READY);
            assertThat(vm.timeline().at(BootPhase.SPAWNED).orElseThrow()).isGreaterThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void phasesOfTheGuestAreThoseThatWereSeenFirst() {
        long startedAt = System.nanoTime() - Duration.ofSeconds(4).toNanos();
        given.hypervisor.guest = vmm -> {
            vmm.readyAt(startedAt + millis(100));
            vmm.nicUpAt(startedAt + millis(200));
        };
        given.network
                .giveLease()
                .see(Type.OFFER, startedAt + millis(250))
                .see(Type.DISCOVER, startedAt + millis(300))
                .see(Type.DISCOVER, startedAt + millis(350))
                .see(Type.ACK, startedAt + millis(400));

        try (Vm vm = new Boot(given.plan(given.spec()), startedAt).run()) {
            assertThat(vm.timeline().reached())
                    .containsEntry(BootPhase.VMM_READY, Duration.ofMillis(100))
                    .containsEntry(BootPhase.NIC_UP, Duration.ofMillis(200))
                    .containsEntry(BootPhase.DISCOVER, Duration.ofMillis(300))
                    .containsEntry(BootPhase.LEASED, Duration.ofMillis(400))
                    .doesNotContainKey(BootPhase.LISTENING);
        }
    }

    @Test
    void portThatWasAcceptedIsAPhase() throws IOException {
        given.network.giveLease();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Vm vm = given.boot(given.spec().readyWhen(ReadyWhen.tcp()).port(server.getLocalPort()))) {
            assertThat(vm.timeline().at(BootPhase.LISTENING)).isPresent();
        }
    }

    @Test
    void phasesKeepTheirOrderWhereTheClockOfTheVmmIsAhead() {
        given.hypervisor.guest =
                vmm -> vmm.readyAt(System.nanoTime() + Duration.ofHours(1).toNanos());
        given.network.giveLease().see(Type.DISCOVER, Type.ACK);

        try (Vm vm = given.boot(given.spec())) {
            Timeline timeline = vm.timeline();
            assertThat(List.copyOf(timeline.reached().values())).isSorted();
            assertThat(timeline.at(BootPhase.VMM_READY)).isEqualTo(timeline.at(BootPhase.DISCOVER));
            assertThat(timeline.at(BootPhase.READY).orElseThrow()).isLessThan(Duration.ofHours(1));
        }
    }

    @Test
    void phaseBeforeTheStartCountsAsTheStart() {
        given.hypervisor.guest =
                vmm -> vmm.readyAt(System.nanoTime() - Duration.ofHours(1).toNanos());

        try (Vm vm = given.boot()) {
            assertThat(vm.timeline().at(BootPhase.VMM_READY)).contains(Duration.ZERO);
        }
    }

    @Test
    void timeThatIsUpBeforeTheGuestStartedIsNotGivenAgain() {
        long longAgo = System.nanoTime() - Duration.ofMinutes(1).toNanos();

        assertThatThrownBy(() -> new Boot(given.plan(given.spec()), longAgo).run())
                .isInstanceOf(VmStartException.NoLease.class);
        assertThat(given.network.patience).isNegative();
    }

    @Test
    void bootThatFailsLeavesNothingButTheLogs() {
        given.hypervisor.guest = vmm -> {
            vmm.writeSerial("last words\n");
            vmm.end(new VmmEnd.GuestCrashed("a triple fault", "look"));
        };

        VmStartException failure =
                catchThrowableOfType(VmStartException.GuestCrashed.class, () -> given.boot(given.spec()));

        assertThat(failure.vmName()).isEqualTo("web");
        assertThat(failure.logs())
                .containsExactly(given.workDir.resolve("web/serial.log"), given.workDir.resolve("web/vmm.log"));
        assertThat(failure.logs().get(0)).hasContent("last words");
        assertThat(failure.getSuppressed()).isEmpty();
        assertNothingIsLeft();
        assertThat(given.hypervisor.vmm().asked()).containsExactly("close");
        assertThat(given.network.closed).isTrue();
    }

    @Test
    void undoThatFailsIsSuppressedInTheFailure() {
        HypervisorException outlived = new HypervisorException("pid 4711 outlived SIGKILL", "look");
        given.hypervisor.guest = vmm -> {
            vmm.end(new VmmEnd.GuestCrashed("a triple fault", "look"));
            vmm.whenAsked(() -> {
                throw outlived;
            });
        };

        assertThatThrownBy(() -> given.boot(given.spec()))
                .isInstanceOf(VmStartException.GuestCrashed.class)
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .isInstanceOf(VmCloseException.class)
                        .satisfies(undo -> assertThat(undo).hasCause(outlived)));
        assertNothingIsLeft();
    }

    @Test
    void networkThatRefusesLeavesNoFolder() {
        NetworkException refusal = new NetworkException("no tap");
        given.network.refusal = Optional.of(refusal);

        assertThatThrownBy(() -> given.boot(given.spec())).isSameAs(refusal);
        given.network.refusal = Optional.empty();
        try (Vm vm = given.boot()) {
            assertThat(vm.serialLog()).as("the name was given back").isEqualTo(given.workDir.resolve("web/serial.log"));
        }
    }

    @Test
    void recordOfAnEarlierBootIsNotTakenForThisOnes() throws IOException {
        Path image = new TfsImage().write(folder.resolve("nanos.img"));
        NanosImage nanos = NanosImage.recognise(image).orElseThrow();
        FilesVmm.record(image, nanos.recordOffset(), 9, "of an earlier boot\n");
        given.network.giveLease();

        try (Vm vm = given.boot(given.spec().image(image))) {
            assertThat(vm.exit()).isEmpty();

            Path copy = given.hypervisor.machine().disks().get(0).path();
            FilesVmm.record(copy, nanos.recordOffset(), 7, "of this boot\n");
            assertThat(vm.awaitExit(Duration.ofSeconds(5)).orElseThrow().exitCode())
                    .isEqualTo(OptionalInt.of(7));
        }
        assertThat(nanos.record().orElseThrow().exitCode()).as("the original").isEqualTo(9);
    }

    @Test
    void killOfAGuestThatIsFailingDoesNotHideWhy() throws IOException {
        given.network.giveLease();
        try (Vm vm = given.boot(given.spec().image(new TfsImage().write(folder.resolve("nanos.img"))))) {
            given.hypervisor.vmm().writeSerial("no fault handler\n");

            vm.kill();

            assertThat(vm.exit().orElseThrow()).isInstanceOf(VmExit.Crashed.class);
        }
    }

    @Test
    void nanosThatEndsAtThePowerButtonDidNotCrash() throws IOException {
        given.network.giveLease();
        try (Vm vm = given.boot(given.spec().image(new TfsImage().write(folder.resolve("nanos.img"))))) {
            Path copy = given.hypervisor.machine().disks().get(0).path();
            long offset = NanosImage.recognise(copy).orElseThrow().recordOffset();
            FilesVmm.record(copy, offset, 15, "stopping\n   terminate\n");
            given.hypervisor.vmm().whenAsked(() -> given.hypervisor.vmm().end(new VmmEnd.PoweredOff("off", "look")));

            assertThat(vm.powerOff().orElseThrow()).isInstanceOf(VmExit.PoweredOff.class);
            given.hypervisor.vmm().whenAsked(() -> {});
        }
    }

    private static long millis(int count) {
        return Duration.ofMillis(count).toNanos();
    }

    private void assertNothingIsLeft() {
        given.network.folder.ifPresent(ofVm -> assertThat(ofVm).doesNotExist());
        try (FolderClaim claim = FolderClaim.first(given.workDir, "web")) {
            assertThat(claim.path()).as("the name was given back").isEqualTo(given.workDir.resolve("web"));
        }
    }
}
