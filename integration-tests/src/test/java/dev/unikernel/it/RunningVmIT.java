package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.fixtures.Stage;
import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmControlException;
import dev.unikernel.vm.VmExit;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a test does with a VM that runs, and how a VM tells of its end. */
@GuestTest
@Timeout(120)
@LeavesNothing
class RunningVmIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void pausedGuestAnswersOnlyAfterItsResumption() throws Exception {
        try (Vm vm = start()) {
            String bootId = Http.get(vm.uri("/boot-id")).body();
            assertThat(vm.isPaused()).isFalse();

            vm.pause();

            assertThat(vm.isPaused()).isTrue();
            assertThat(vm.isRunning()).isTrue();
            assertThat(vm.exit()).isEmpty();
            assertThatThrownBy(() -> getWithin(Duration.ofMillis(300), vm.uri()))
                    .isInstanceOf(HttpTimeoutException.class);

            vm.resume();

            assertThat(vm.isPaused()).isFalse();
            assertThat(Http.get(vm.uri("/boot-id")).body()).isEqualTo(bootId);
            assertThat(vm.exit()).isEmpty();
        }
    }

    @Test
    void pausingAndResumingTwiceIsAsGoodAsOnce() throws Exception {
        try (Vm vm = start()) {
            vm.pause();
            vm.pause();
            assertThat(vm.isPaused()).isTrue();

            vm.resume();
            vm.resume();
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void pausedVmIsTakenAway() {
        Vm vm = start();
        vm.pause();
        vm.close();
        assertThat(vm.isRunning()).isFalse();
        assertThat(ProcessHandle.of(vm.pid())).isEmpty();
        assertThat(vm.exit()).containsInstanceOf(VmExit.Closed.class);
    }

    @Test
    void killEndsTheVmAtOnce() {
        try (Vm vm = start()) {
            vm.kill();

            assertThat(ProcessHandle.of(vm.pid())).isEmpty();
            assertThat(vm.isRunning()).isFalse();
            assertThat(vm.exit()).hasValueSatisfying(exit -> assertThat(exit)
                    .isInstanceOfSatisfying(VmExit.Killed.class, killed -> assertThat(killed.signal())
                            .isEqualTo(9)));
            vm.kill();
        }
    }

    @Test
    void callThatTheVmmsDeathCutsOffTellsOfIt() throws Exception {
        try (Vm vm = start()) {
            String pid = Long.toString(vm.pid());
            Prerequisites.assumeSucceeds(List.of("kill", "-STOP", pid));
            CompletableFuture<GuestCounters> call = CompletableFuture.supplyAsync(vm::counters);
            Prerequisites.assumeSucceeds(List.of("kill", "-KILL", pid));

            assertThatThrownBy(call::join)
                    .cause()
                    .isInstanceOf(VmControlException.class)
                    .hasMessageStartingWith("VM 'vm' cannot be asked for its counters, because it has ended: ")
                    .hasMessageContaining(" was killed by signal 9");
        }
    }

    @Test
    void guestThatIgnoresThePowerButtonIsStillThereAfterwards() throws Exception {
        try (Vm vm = start()) {
            assertThat(vm.powerOff(Duration.ofMillis(500))).isEmpty();

            assertThat(vm.isRunning()).isTrue();
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void guestThatPowersOffIsToldFromOneThatCrashes() throws Exception {
        try (Vm vm = start()) {
            assertThat(Http.get(vm.uri("/exit/7")).statusCode()).isEqualTo(200);

            assertThat(endOf(vm)).isInstanceOf(VmExit.PoweredOff.class);
            assertThat(endOf(vm).cause()).isEqualTo("the guest powered off");
            assertThat(endOf(vm).exitCode()).as("what no attribute asks for").isEmpty();
            assertThat(endOf(vm).lastOutput()).endsWith("exit 7");
            assertThat(vm.isRunning()).isFalse();
            assertThat(vm.serialLog()).content().contains("exit 7");
            assertThat(vm.powerOff()).contains(endOf(vm));
            assertThatThrownBy(vm::pause)
                    .isInstanceOf(VmControlException.class)
                    .hasMessage("VM 'vm' cannot be paused, because it has ended: the guest powered off."
                            + " Next: read the end of " + vm.serialLog() + ".");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 255})
    void exitCodeIsReadFromTheSerialLine(int code) throws Exception {
        Vm vm = VmLauncher.create()
                .start(Guests.fixture(Guests.image().build(), folder)
                        .exitCodeOnSerial("^exit (\\d+)$")
                        .build());
        try (vm) {
            assertThat(Http.get(vm.uri("/exit/" + code)).statusCode()).isEqualTo(200);

            assertThat(vm.awaitExit(SOON).orElseThrow().exitCode()).hasValue(code);
            assertThat(vm.exit().orElseThrow().cause())
                    .isEqualTo("the guest powered off; its serial line tells the exit code " + code);
        }
        assertThat(vm.exit().orElseThrow().exitCode()).hasValue(code);
    }

    @Test
    void guestThatGoesOnIsWaitedForUntilTheLimit() {
        try (Vm vm = start()) {
            assertThat(vm.awaitExit(Duration.ofMillis(50))).isEmpty();
            assertThat(vm.isRunning()).isTrue();
        }
    }

    @Test
    void exitBeforeTheGuestIsReadyTellsItsCode() {
        VmStartException.ExitedEarly failure =
                catchThrowableOfType(VmStartException.ExitedEarly.class, () -> VmLauncher.create()
                        .start(Guests.fixture(
                                        Guests.image().exitAt(Stage.LEASED, 7).build(), folder)
                                .exitCodeOnSerial("^exit (\\d+)$")
                                .build()));

        assertThat(failure)
                .hasMessageStartingWith("VM 'vm' did not become ready: the guest powered off; its serial line tells the"
                        + " exit code 7.\n")
                .hasMessageContaining("| exit 7");
    }

    @Test
    void crashIsToldAndStaysTold() throws Exception {
        Vm vm = start();
        try (vm) {
            crash(vm);

            assertThat(endOf(vm)).isInstanceOf(VmExit.Crashed.class);
            assertThat(vm.isRunning()).isFalse();
        }
        assertThat(endOf(vm)).isInstanceOf(VmExit.Crashed.class);
    }

    @Test
    void countersOfTheCardGrowWhereTheHypervisorCounts() throws Exception {
        try (Vm vm = start()) {
            GuestCounters before = vm.counters();
            assertThat(before.disk("disk0").reads()).isPositive();
            assertThat(before.disk("disk0").readBytes()).isGreaterThanOrEqualTo(512);
            if (vm.hypervisor().startsWith("QEMU")) {
                assertThatThrownBy(() -> before.nic("net0"))
                        .hasMessageContaining("Next: QEMU counts for disks only; Cloud Hypervisor counts for cards");
                return;
            }

            int length = Http.get(vm.uri("/headers")).body().length();

            GuestCounters.Nic earlier = before.nic("net0");
            GuestCounters.Nic later = vm.counters().nic("net0");
            assertThat(later.sentBytes()).isGreaterThan(earlier.sentBytes() + length);
            assertThat(later.receivedBytes()).isGreaterThan(earlier.receivedBytes());
            assertThat(later.sentFrames()).isGreaterThan(earlier.sentFrames());
            assertThat(later.receivedFrames()).isGreaterThan(earlier.receivedFrames());
        }
    }

    private Vm start() {
        return VmLauncher.create()
                .start(Guests.fixture(Guests.image().build(), folder).build());
    }

    private static VmExit endOf(Vm vm) {
        return Awaitility.await()
                .atMost(SOON)
                .until(vm::exit, exit -> exit.isPresent())
                .orElseThrow();
    }

    private static void crash(Vm vm) throws InterruptedException {
        try {
            Http.get(vm.uri("/crash"));
        } catch (IOException e) {
            // It cannot answer any more.
        }
    }

    private static HttpResponse<String> getWithin(Duration limit, URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(limit).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
