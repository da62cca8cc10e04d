package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.NanosImage;
import dev.unikernel.vm.ReadinessWait.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessWaitTest {

    private static final Duration LONG = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final VmmEnd CRASH = new VmmEnd.GuestCrashed("a triple fault", "?");

    @TempDir
    Path folder;

    private FilesVmm vmm;
    private final FakeNetwork network = new FakeNetwork();

    @BeforeEach
    void startVmm() {
        vmm = new FilesVmm(folder);
    }

    @Test
    void leaseIsEnoughIfNothingElseIsAskedFor() {
        network.giveLease();
        long before = System.nanoTime();
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.READY);
            assertThat(wait.readyAt().orElseThrow()).isBetween(before, System.nanoTime());
            assertThat(wait.listeningAt()).isEmpty();
            assertThat(wait.wasAccepted()).isFalse();
            assertThat(wait.wrongAnswer()).isEmpty();
            assertThat(wait.lastSeen()).isEqualTo("nothing was tried yet");
        }
    }

    @Test
    void guestWithoutALeaseRunsIntoTheLimit() {
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()))) {
            long before = System.nanoTime();
            assertThat(wait.await(SHORT)).isEqualTo(Outcome.TIMED_OUT);
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(SHORT.toNanos());
            assertThat(wait.readyAt()).isEmpty();
            assertThat(wait.end()).isEmpty();
            assertThat(wait.failureLine()).isEmpty();
        }
    }

    @Test
    void whatIsReadyIsSeenEvenIfNoTimeIsLeft() {
        network.giveLease();
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()))) {
            assertThat(wait.await(Duration.ofSeconds(-1))).isEqualTo(Outcome.READY);
        }
    }

    @Test
    void serialLineIsNotEnoughWithoutALease() {
        vmm.writeSerial("up\n");
        try (ReadinessWait wait = waiting(spec(ReadyWhen.serial("^up$")))) {
            assertThat(wait.await(SHORT)).isEqualTo(Outcome.TIMED_OUT);
            network.giveLease();
            assertThat(wait.await(LONG)).isEqualTo(Outcome.READY);
        }
    }

    /** As with DHCP's RELEASE. */
    @Test
    void leaseWithWhichTheGuestWasReadyIsKnownAlsoWhenItWasGivenUp() {
        network.giveLease();
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.READY);
            network.releaseLease();
            assertThat(wait.lease()).contains(FakeNetwork.LEASE);
        }
    }

    @Test
    void leaseIsNotEnoughWithoutTheSerialLine() {
        network.giveLease();
        vmm.writeSerial("going up\n");
        try (ReadinessWait wait = waiting(spec(ReadyWhen.serial("^up$")))) {
            assertThat(wait.await(SHORT)).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void acceptedConnectionTellsWhenTheGuestListened() throws IOException {
        network.giveLease();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ReadinessWait wait = waiting(spec(ReadyWhen.tcp()).port(server.getLocalPort()))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.READY);
            assertThat(wait.listeningAt().orElseThrow())
                    .isLessThanOrEqualTo(wait.readyAt().orElseThrow());
            assertThat(wait.wasAccepted()).isTrue();
        }
    }

    @Test
    void connectionThatAForwarderAcceptedTellsNothingOfTheGuest() throws IOException {
        network.giveLease();
        network.forwards = true;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ReadinessWait wait = waiting(spec(ReadyWhen.tcp()).port(server.getLocalPort()))) {
            assertThat(wait.await(SHORT)).isEqualTo(Outcome.TIMED_OUT);
            assertThat(wait.listeningAt()).isEmpty();
            assertThat(wait.lastSeen()).isEqualTo("the guest has not accepted a connection");
        }
    }

    @Test
    void connectionThatTheGuestItselfWasSeenToAcceptCountsBehindAForwarder() {
        network.giveLease();
        network.forwards = true;
        network.acceptedAt = OptionalLong.of(System.nanoTime());
        try (ReadinessWait wait = waiting(spec(ReadyWhen.tcp()))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.READY);
            assertThat(wait.listeningAt()).isEqualTo(network.acceptedAt);
        }
    }

    @Test
    void portIsAskedAtTheAddressThatReachesTheGuest() throws IOException {
        network.giveLease();
        InetAddress other = FakeNetwork.ipv4(127, 0, 0, 9);
        network.reachable = other;
        try (ServerSocket server = new ServerSocket(0, 1, other);
                ReadinessWait wait = waiting(spec(ReadyWhen.tcp()).port(server.getLocalPort()))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.READY);
        }
    }

    @Test
    void refusedConnectionIsWhatWasSeenLast() throws IOException {
        network.giveLease();
        int unused;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = server.getLocalPort();
        }
        try (ReadinessWait wait = waiting(spec(ReadyWhen.http()).port(unused))) {
            assertThat(wait.await(Duration.ofMillis(100))).isEqualTo(Outcome.TIMED_OUT);
            assertThat(wait.lastSeen()).isEqualTo("the connection was not accepted: Connection refused");
            assertThat(wait.wasAccepted()).isFalse();
            assertThat(wait.listeningAt()).isEmpty();
        }
    }

    @Test
    void probedSocketIsClosedWithTheWait() throws IOException {
        network.giveLease();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ReadinessWait wait = waiting(spec(ReadyWhen.http()).port(server.getLocalPort()));
            assertThat(wait.await(Duration.ofMillis(100))).isEqualTo(Outcome.TIMED_OUT);
            wait.close();

            try (var accepted = server.accept()) {
                accepted.setSoTimeout(5_000);
                assertThat(accepted.getInputStream().readAllBytes()).startsWith('G', 'E', 'T');
            }
        }
    }

    @Test
    void guestThatEndedIsNotReadyEvenIfItHasALease() {
        network.giveLease();
        vmm.end(CRASH);
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.ENDED);
            assertThat(wait.end()).contains(CRASH);
            assertThat(wait.readyAt()).isEmpty();
        }
    }

    @Test
    void lineOfFailureEndsTheWait() {
        network.giveLease();
        vmm.writeSerial("fine\nFATAL: no config\n");
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()).failOnSerial("^FATAL"))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.SAID_SO);
            assertThat(wait.failureLine()).contains("FATAL: no config");
            assertThat(wait.end()).isEmpty();
        }
    }

    @Test
    void endSaysMoreThanALineOfFailure() {
        vmm.writeSerial("FATAL: no config\n");
        vmm.end(CRASH);
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()).failOnSerial("^FATAL"))) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.ENDED);
            assertThat(wait.failureLine()).isEmpty();
        }
    }

    @Test
    void interruptEndsTheWaitAndIsKept() {
        try (ReadinessWait wait = waiting(spec(ReadyWhen.leased()))) {
            Thread.currentThread().interrupt();
            assertThat(wait.await(LONG)).isEqualTo(Outcome.INTERRUPTED);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void lookThatFailsIsNoOutcome() {
        HypervisorException gone = new HypervisorException("the log is gone", "look");
        try (ReadinessWait wait = waitingWhereAnEndIs(gone)) {
            assertThatThrownBy(() -> wait.await(LONG)).isSameAs(gone);
        }
    }

    @Test
    void lookThatFailsOverAnInterruptIsAnInterrupt() {
        HypervisorException gone = new HypervisorException("the log cannot be read by an interrupted thread", "look");
        try (ReadinessWait wait = waitingWhereAnEndIs(gone)) {
            Thread.currentThread().interrupt();
            assertThat(wait.await(LONG)).isEqualTo(Outcome.INTERRUPTED);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void recordOfNanosIsKnown() throws IOException {
        Path disk = Files.write(folder.resolve("disk.raw"), new byte[8192]);
        GuestEnd end = new GuestEnd(vmm, Optional.of(new NanosGuest(new NanosImage(disk, 512))), Optional.empty());
        FilesVmm.record(disk, 7, "bye\n");
        try (ReadinessWait wait = new ReadinessWait(spec(ReadyWhen.leased()).build(), vmm, network, end)) {
            assertThat(wait.await(LONG)).isEqualTo(Outcome.ENDED);
            assertThat(wait.exitRecord().orElseThrow().exitCode()).isEqualTo(7);
        }
    }

    @Test
    void longWaitIsToldOnceUntilItHasTakenTwiceAsLong() {
        network.giveLease();
        try (LogCapture log = new LogCapture();
                ReadinessWait wait = waiting(spec(ReadyWhen.serial("up")).name("web"))) {
            assertThat(wait.await(Duration.ofMillis(2500))).isEqualTo(Outcome.TIMED_OUT);

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .matches(
                            "INFO: VM 'web' has been booting for \\d s: it leased 127\\.0\\.0\\.1; nothing was tried yet;"
                                    + " awaited is a serial line matching /up/ on port 8080");
        }
    }

    private static VmSpec.Builder spec(ReadyWhen readyWhen) {
        return VmSpec.builder().kernel(Path.of("k")).readyWhen(readyWhen);
    }

    private ReadinessWait waiting(VmSpec.Builder spec) {
        return new ReadinessWait(spec.build(), vmm, network, new GuestEnd(vmm, Optional.empty(), Optional.empty()));
    }

    private ReadinessWait waitingWhereAnEndIs(RuntimeException thrown) {
        vmm.endIs(() -> {
            throw thrown;
        });
        return waiting(spec(ReadyWhen.leased()));
    }
}
