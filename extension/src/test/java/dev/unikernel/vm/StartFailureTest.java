package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.NanosImage;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.vm.ReadinessWait.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    /** After 100 ms a request counts as not answered. */
    private static final Duration LONGER_THAN_A_CONNECT = Duration.ofMillis(250);

    @TempDir
    Path folder;

    private BootFixture given;
    private FilesVmm vmm;
    private Evidence evidence;
    private Timeline timeline = new Timeline(Map.of());
    private Optional<NanosGuest> nanos = Optional.empty();

    @BeforeEach
    void startVmm() throws IOException {
        given = new BootFixture(folder);
        vmm = new FilesVmm(folder);
        evidence = Evidence.claim(given.workDir, given.spec().build());
    }

    @AfterEach
    void giveTheFolderBack() {
        evidence.close();
    }

    @ParameterizedTest
    @CsvSource({
        "assigned: 0.0.0.0, true",
        "en1: assigned 0.0.0.0, true",
        "[2.110804] en1: assigned 0.0.0.0, true",
        "[2.110804] en1: assigned 10.0.0.0, false",
        "unassigned 0.0.0.0, false",
        "listening on 0.0.0.0, false"
    })
    void lostAddressIsSeenOnTheSerialLine(String line, boolean lost) {
        vmm.writeSerial("first\r\n" + line + "\r\nlast\r\n");

        assertThat(StartFailure.hasLostItsAddress(new LogFile(vmm.serialFile())))
                .isEqualTo(lost);
    }

    @Test
    void messageTellsWhatWasAwaitedReachedAndSeenAndWhereTheLogsAre() {
        timeline = new Timeline(
                Map.of(BootPhase.SPAWNED, Duration.ofMillis(4), BootPhase.DISCOVER, Duration.ofMillis(25)));
        given.network.see(Type.OFFER, Type.DISCOVER, Type.DISCOVER);
        vmm.writeSerial("one\ntwo\n");

        assertThat(failure(given.spec()).getMessage().lines())
                .containsExactly(
                        "VM 'web' did not become ready: it got no address by DHCP.",
                        "  awaited:  a DHCP lease on port 8080, at most 5s",
                        "  reached:  discover at 25 ms  (spawned 4 ms, discover 25 ms)",
                        "  DHCP:     2 DISCOVER, 1 OFFER",
                        "  VMM:      Fake 1.0, tap7 of a test",
                        "  chosen:   QEMU with network 'tap' (unikernel.hypervisor=auto (default),"
                                + " unikernel.network=auto (default))",
                        "  command:  '/opt/a vmm' --fast",
                        "  logs:     " + evidence.serialLog(),
                        "            " + evidence.vmmLog(),
                        "  serial:   the last 2 lines",
                        "    | one",
                        "    | two",
                        "  Next: The guest asked and was answered, but did not take the offer: do its lines below say"
                                + " why?");
    }

    @Test
    void messageSaysSoIfNothingWasSeen() {
        assertThat(failure(given.spec()).getMessage())
                .contains("\n  reached:  nothing  ()\n")
                .contains("\n  DHCP:     no message was seen\n")
                .contains("\n  serial:   the guest wrote nothing\n")
                .doesNotContain("record:");
    }

    @Test
    void nextStepWithoutALeaseDependsOnHowFarTheGuestCame() {
        assertThat(failure(given.spec()))
                .isInstanceOf(VmStartException.NoLease.class)
                .hasMessageEndingWith("Next: Nothing came from the guest's network card: did it boot? Has its kernel a"
                        + " virtio-net driver?");

        timeline = new Timeline(Map.of(BootPhase.NIC_UP, Duration.ofMillis(9)));
        assertThat(failure(given.spec()))
                .hasMessageEndingWith("Next: The guest's network driver came up, but nothing was asked: does the image"
                        + " set a static address?");

        given.network.see(Type.DISCOVER, Type.OFFER, Type.REQUEST);
        assertThat(failure(given.spec()))
                .hasMessageEndingWith("Next: The guest asked for the offered address and got no acknowledgement: do its"
                        + " lines below say why?");

        given.network.nextStep = Optional.of("Look at your own server.");
        assertThat(failure(given.spec())).hasMessageEndingWith("Next: Look at your own server.");
    }

    @ParameterizedTest
    @CsvSource({
        "Refused, dev.unikernel.vm.VmStartException$VmmRefused",
        "PoweredOff, dev.unikernel.vm.VmStartException$ExitedEarly",
        "Killed, dev.unikernel.vm.VmStartException$ExitedEarly",
        "Exited, dev.unikernel.vm.VmStartException$ExitedEarly",
        "GuestCrashed, dev.unikernel.vm.VmStartException$GuestCrashed"
    })
    void eachEndHasItsOwnException(String end, Class<?> type) {
        vmm.end(
                switch (end) {
                    case "Refused" -> new VmmEnd.Refused(1, "what happened", "Do that");
                    case "PoweredOff" -> new VmmEnd.PoweredOff("what happened", "Do that");
                    case "Killed" -> new VmmEnd.Killed(9, "what happened", "Do that");
                    case "Exited" -> new VmmEnd.Exited(3, "what happened", "Do that");
                    default -> new VmmEnd.GuestCrashed("what happened", "Do that");
                });

        assertThat(failure(given.spec()))
                .isInstanceOf(type)
                .hasMessageStartingWith("VM 'web' did not become ready: what happened.")
                .hasMessageEndingWith("Next: Do that");
    }

    @Test
    void lineOfFailureIsQuoted() {
        vmm.writeSerial("FATAL: no config\n");

        assertThat(failure(given.spec().failOnSerial("FATAL")))
                .isInstanceOf(VmStartException.GuestCrashed.class)
                .hasMessageContaining("a line that failOnSerial looks for: 'FATAL: no config'");
    }

    @Test
    void interruptIsToldWithTheSerialLogAndKept() {
        vmm.writeSerial("one\n");
        LaunchPlan plan = given.plan(given.spec());
        Thread.currentThread().interrupt();
        try {
            assertThat(failure(plan))
                    .isInstanceOf(VmStartException.Interrupted.class)
                    .hasMessageContaining("the thread was interrupted while it waited")
                    .hasMessageContaining("    | one");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void missingSerialLineIsAWrongAnswer() {
        given.network.giveLease();

        assertThat(failure(given.spec().readyWhen(ReadyWhen.serial("^up$"))))
                .isInstanceOf(VmStartException.WrongAnswer.class)
                .hasMessageContaining("no serial line matched /^up$/");
    }

    @Test
    void wrongStatusIsAWrongAnswer() throws IOException {
        given.network.giveLease();
        try (ServerSocket server = listening()) {
            answer(server, Integer.MAX_VALUE);

            assertThat(failure(given.spec().port(server.getLocalPort()).readyWhen(ReadyWhen.http("/", 200))))
                    .isInstanceOf(VmStartException.WrongAnswer.class)
                    .hasMessageContaining("127.0.0.1:" + server.getLocalPort()
                            + " answered, but the last answer was HTTP status 503.");
        }
    }

    @Test
    void silenceAfterAWrongStatusIsToldAsWell() throws IOException {
        given.network.giveLease();
        try (ServerSocket server = listening()) {
            answer(server, 1);

            assertThat(failure(given.spec().port(server.getLocalPort()).readyWhen(ReadyWhen.http("/", 200))))
                    .isInstanceOf(VmStartException.WrongAnswer.class)
                    .hasMessageContaining(
                            " answered, but the last answer was HTTP status 503; since then: the connection"
                                    + " was accepted, but the request was not answered.");
        }
    }

    @Test
    void silenceAfterAnAcceptedConnectionIsAWrongAnswer() throws IOException {
        given.network.giveLease();
        try (ServerSocket server = listening()) {
            assertThat(failure(given.spec().port(server.getLocalPort()).readyWhen(ReadyWhen.http())))
                    .isInstanceOf(VmStartException.WrongAnswer.class)
                    .hasMessageContaining("127.0.0.1:" + server.getLocalPort()
                            + " accepted connections, but never answered: the connection was accepted, but the request"
                            + " was not answered");
        }
    }

    @Test
    void silenceBehindAForwarderMeansThatNothingListens() throws IOException {
        given.network.giveLease();
        given.network.forwards = true;
        try (ServerSocket server = listening()) {
            assertThat(failure(given.spec().port(server.getLocalPort()).readyWhen(ReadyWhen.http())))
                    .isInstanceOf(VmStartException.NotListening.class)
                    .hasMessageContaining("nothing answered at 127.0.0.1:" + server.getLocalPort() + ": the connection"
                            + " was accepted, but the request was not answered")
                    .hasMessageContaining(
                            "Next: Does the program in the guest listen on port " + server.getLocalPort());
        }
    }

    @Test
    void closedPortOfAGuestThatLostItsAddressPointsToTheServer() throws IOException {
        given.network.giveLease();
        vmm.writeSerial("en1: assigned 0.0.0.0\n");
        int unused;
        try (ServerSocket server = listening()) {
            unused = server.getLocalPort();
        }

        assertThat(failure(given.spec().port(unused).readyWhen(ReadyWhen.http())))
                .isInstanceOf(VmStartException.NotListening.class)
                .hasMessageContaining("Connection refused")
                .hasMessageContaining("Next: The guest gave its address up");
    }

    @Test
    void recordOfNanosIsToldAndStandsInForASilentConsole() throws IOException {
        Path disk = Files.write(folder.resolve("disk.raw"), new byte[8192]);
        FilesVmm.record(disk, 7, "about to exit\nbye\n");
        nanos = Optional.of(new NanosGuest(new NanosImage(disk, 512)));

        assertThat(failure(given.spec()))
                .hasMessageContaining("\n  record:   exit code 7, on the guest's disk; with the last lines"
                        + "\n    | about to exit\n    | bye\n  serial:   the guest wrote nothing");

        vmm.writeSerial("bye\n");
        assertThat(failure(given.spec()))
                .hasMessageContaining("\n  record:   exit code 7, on the guest's disk\n  serial:   the last 1 lines");
    }

    @Test
    void bootThatBecameReadyIsNoFailure() {
        given.network.giveLease();

        assertThatThrownBy(() -> failure(given.spec())).isInstanceOf(IllegalArgumentException.class);
    }

    /** Waits in vain, for a moment, and tells why. */
    private VmStartException failure(VmSpec.Builder spec) {
        return failure(given.plan(spec));
    }

    private VmStartException failure(LaunchPlan plan) {
        GuestEnd end = new GuestEnd(vmm, nanos, Optional.empty());
        try (ReadinessWait wait = new ReadinessWait(plan.spec(), vmm, given.network, end)) {
            Outcome outcome =
                    wait.await(plan.spec().readyWhen() instanceof ReadyWhen.Http ? LONGER_THAN_A_CONNECT : SHORT);
            return new StartFailure(plan, vmm, given.network, timeline, evidence, wait).of(outcome);
        }
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Answers so many requests with HTTP status 503. */
    private static void answer(ServerSocket server, int requests) {
        Thread thread = new Thread(() -> {
            try {
                for (int left = requests; left > 0; left--) {
                    try (Socket socket = server.accept()) {
                        if (socket.getInputStream().read(new byte[1024]) > 0) {
                            socket.getOutputStream()
                                    .write("HTTP/1.1 503 Service Unavailable\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                }
            } catch (IOException e) {
                // The test has ended, and says what it missed.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
