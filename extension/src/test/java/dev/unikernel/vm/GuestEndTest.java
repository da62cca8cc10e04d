package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.NanosImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestEndTest {

    private static final VmmEnd POWERED_OFF = new VmmEnd.PoweredOff("the guest powered off", "?");
    private static final Pattern EXIT = Pattern.compile("exit (\\S+)");

    @TempDir
    Path folder;

    private Path disk;
    private FilesVmm vmm;

    @BeforeEach
    void startVmm() throws IOException {
        disk = Files.write(folder.resolve("disk.raw"), new byte[8192]);
        vmm = new FilesVmm(folder);
    }

    @Test
    void guestThatRunsHasNoEnd() {
        assertThat(plain().seen()).isEmpty();
        assertThat(plain().exit()).isEmpty();
        assertThat(plain().await(Duration.ofMillis(5))).isFalse();
    }

    @Test
    void endIsToldWithTheLastOutput() throws IOException {
        Files.writeString(vmm.serialFile(), "one\r\ntwo\u0007\r\n");
        vmm.end(POWERED_OFF);

        assertThat(plain().exit())
                .contains(new VmExit.PoweredOff(
                        "the guest powered off", OptionalInt.empty(), List.of("one", "two\\x07")));
    }

    @Test
    void endStaysAsItWasTold() throws IOException {
        GuestEnd end = plain();
        vmm.end(POWERED_OFF);
        Optional<VmExit> told = end.exit();
        Files.writeString(vmm.serialFile(), "more");
        vmm.end(new VmmEnd.Killed(9, "killed", "?"));

        assertThat(end.exit()).isSameAs(told);
        end.close();
        assertThat(end.exit()).isSameAs(told);
    }

    @Test
    void lastPlaceOnTheSerialLineTellsTheExitCode() throws IOException {
        Files.writeString(vmm.serialFile(), "exit 3\nexit 7\nbye\n");
        vmm.end(POWERED_OFF);

        VmExit exit = bySerial().exit().orElseThrow();

        assertThat(exit.exitCode()).hasValue(7);
        assertThat(exit.cause()).isEqualTo("the guest powered off; its serial line tells the exit code 7");
    }

    @ParameterizedTest
    @CsvSource({"exit x", "exit 99999999999", "bye"})
    void whatIsNoNumberTellsNoExitCode(String line) throws IOException {
        Files.writeString(vmm.serialFile(), line);
        vmm.end(POWERED_OFF);

        assertThat(bySerial().exit())
                .contains(new VmExit.PoweredOff("the guest powered off", OptionalInt.empty(), List.of(line)));
    }

    @Test
    void crashHasNoExitCodeWhateverStandsOnTheSerialLine() throws IOException {
        Files.writeString(vmm.serialFile(), "exit 7\n");
        vmm.end(new VmmEnd.GuestCrashed("the guest crashed", "?"));

        assertThat(bySerial().exit())
                .contains(new VmExit.Crashed("the guest crashed", OptionalInt.empty(), List.of("exit 7")));
    }

    @Test
    void recordOfNanosIsBetterThanItsSerialLine() throws IOException {
        Files.writeString(vmm.serialFile(), "exit 3\n");
        FilesVmm.record(disk, 7, "");
        vmm.end(POWERED_OFF);

        assertThat(new GuestEnd(vmm, nanos(), Optional.of(EXIT))
                        .exit()
                        .orElseThrow()
                        .exitCode())
                .hasValue(7);
    }

    @Test
    void recordIsTheLastOutputOfASilentConsole() throws IOException {
        FilesVmm.record(disk, 7, "about to exit\n");
        vmm.end(POWERED_OFF);

        assertThat(ofNanos().exit().orElseThrow().lastOutput()).containsExactly("about to exit");
    }

    @Test
    void endThatWasNotAskedForIsStillToldAfterTheDiskIsGone() throws IOException {
        GuestEnd end = ofNanos();
        FilesVmm.record(disk, 7, "about to exit\n");

        end.close();
        Files.delete(disk);

        assertThat(end.exit().orElseThrow().exitCode()).hasValue(7);
        assertThat(end.record().orElseThrow().output()).isEqualTo("about to exit\n");
    }

    @Test
    void guestThatRanUntilTheCloseWasTakenAway() throws IOException {
        Files.writeString(vmm.serialFile(), "running\n");
        GuestEnd end = plain();

        end.close();
        vmm.end(new VmmEnd.Killed(15, "killed", "?"));

        assertThat(end.exit()).contains(new VmExit.Closed("close() took it away", List.of("running")));
        assertThat(end.seen()).isEmpty();
    }

    @Test
    void closeDoesNotFailOverADiskThatIsGone() throws IOException {
        GuestEnd end = ofNanos();
        Files.delete(disk);

        end.close();

        assertThat(end.exit().orElseThrow().cause())
                .startsWith("close() took it away; whether it had ended before cannot be told: The image " + disk);
    }

    @Test
    void awaitedEndIsSeenWhenItComes() {
        GuestEnd end = plain();
        vmm.end(POWERED_OFF);

        assertThat(end.await(Duration.ofSeconds(5))).isTrue();
        assertThat(end.seen()).contains(POWERED_OFF);
    }

    @Test
    void failureThatBeganBeforeTheCloseIsSeenToItsEnd() throws IOException {
        GuestEnd end = ofNanos();
        Files.writeString(vmm.serialFile(), "no fault handler\n");

        end.close();

        assertThat(end.exit().orElseThrow()).isInstanceOf(VmExit.Crashed.class);
    }

    @Test
    void closeOfAGuestThatRunsDoesNotWait() {
        long before = System.nanoTime();
        ofNanos().close();
        plain().close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(900));
    }

    @Test
    void terminationAfterThePowerButtonWasAskedFor() throws IOException {
        GuestEnd end = ofNanos();
        end.powerButton();
        FilesVmm.record(disk, 15, "stopping\n   terminate\n");
        vmm.end(POWERED_OFF);

        assertThat(end.exit().orElseThrow()).isInstanceOf(VmExit.PoweredOff.class);
    }

    @Test
    void exitCodeThatIsNoNumberIsWarnedOf() throws IOException {
        Files.writeString(vmm.serialFile(), "exit x\n");
        vmm.end(POWERED_OFF);

        try (LogCapture log = new LogCapture()) {
            bySerial().exit();
            assertThat(log.lines())
                    .containsExactly("WARNING: exitCodeOnSerial found 'x' in " + vmm.serialFile()
                            + ", which is no decimal number");
        }
    }

    private GuestEnd plain() {
        return new GuestEnd(vmm, Optional.empty(), Optional.empty());
    }

    private GuestEnd bySerial() {
        return new GuestEnd(vmm, Optional.empty(), Optional.of(EXIT));
    }

    private GuestEnd ofNanos() {
        return new GuestEnd(vmm, nanos(), Optional.empty());
    }

    private Optional<NanosGuest> nanos() {
        return Optional.of(new NanosGuest(new NanosImage(disk, 512)));
    }
}
