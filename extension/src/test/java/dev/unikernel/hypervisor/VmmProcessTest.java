package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmmProcessTest {

    @TempDir
    Path folder;

    private Path output;
    private Path errors;

    @BeforeEach
    void setUp() {
        output = folder.resolve("serial.log");
        errors = folder.resolve("vmm.log");
    }

    @Test
    void outputAndErrorsGoIntoTheirFiles() throws IOException {
        try (VmmProcess process = launch("sh", "-c", "echo to-output; echo to-errors >&2; exit 7")) {
            awaitEnd(process);

            assertThat(process.exitCode()).hasValue(7);
            assertThat(output).hasContent("to-output");
            assertThat(errors).hasContent("to-errors");
        }
    }

    @Test
    void argumentsArriveAsTheyAre() throws IOException {
        try (VmmProcess process = launch("printf", "[%s]", "a b", "", "$HOME", "'\"\\", "*", "--")) {
            awaitEnd(process);

            assertThat(output).hasContent("[a b][][$HOME]['\"\\][*][--]");
        }
    }

    @Test
    void thereIsNothingToRead() throws IOException {
        try (VmmProcess process = launch("readlink", "/proc/self/fd/0")) {
            awaitEnd(process);

            assertThat(output).hasContent("/dev/null");
        }
    }

    @Test
    void talkingProcessReadsTheWordsAndWaits() {
        try (VmmProcess process =
                VmmProcess.launchTalking(List.of(), List.of("cat"), output, errors, "first\nsecond\n")) {
            await().untilAsserted(() -> assertThat(output).hasContent("first\nsecond\n"));

            assertThat(process.exitCode()).isEmpty();
        }
    }

    @Test
    void kernelKillsTheProcessWhenItsParentDies() throws IOException {
        assumeThat(Spawner.deathSignal()).as("setpriv --pdeathsig").isNotEmpty();

        try (VmmProcess process = launch("setpriv", "--dump")) {
            awaitEnd(process);

            assertThat(output).content().containsPattern("(?i)parent death signal: (SIG)?KILL");
        }
    }

    @Test
    void processSurvivesTheThreadThatLaunchedIt() throws InterruptedException {
        VmmProcess[] launched = new VmmProcess[1];
        Thread thread = new Thread(() -> launched[0] = launch("sleep", "1000"));
        thread.start();
        thread.join();

        try (VmmProcess process = launched[0]) {
            await().during(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(process.exitCode()).isEmpty());
        }
    }

    @Test
    void launchIsNotCutShortByAnInterrupt() {
        Thread.currentThread().interrupt();
        try (VmmProcess process = launch("sleep", "1000")) {
            assertThat(process.exitCode()).isEmpty();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void missingBinaryIsAnExitWithTheShellsWords() throws IOException {
        try (VmmProcess process = launch("/nowhere/vmm")) {
            awaitEnd(process);

            assertThat(process.exitCode().getAsInt()).isBetween(126, 127);
            assertThat(errors).content().contains("/nowhere/vmm");
        }
    }

    @Test
    void missingFolderIsAnError() {
        assertThatThrownBy(() -> VmmProcess.launch(List.of("true"), folder.resolve("no/output"), errors))
                .isInstanceOf(HypervisorException.class)
                .hasMessageStartingWith("the process of 'true' cannot be started: ")
                .hasMessageContaining("is the folder " + folder.resolve("no") + " writable?");
    }

    @Test
    void closeEndsWithSigterm() {
        VmmProcess process = launch("sleep", "1000");

        process.close();

        assertThat(process.exitCode()).hasValue(128 + 15);
        assertThat(Path.of("/proc", Long.toString(process.pid()))).doesNotExist();
    }

    @Test
    void closeKillsWhatIgnoresSigterm() {
        VmmProcess process = launch("sh", "-c", "trap '' TERM; echo ignoring; while :; do sleep 0.1; done");
        await().untilAsserted(() -> assertThat(output).hasContent("ignoring"));

        process.close();

        assertThat(process.exitCode()).hasValue(128 + 9);
    }

    @Test
    void closeIsIdempotentAndKeepsTheInterruptFlag() {
        VmmProcess process = launch("sleep", "1000");

        Thread.currentThread().interrupt();
        process.close();
        process.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(process.exitCode()).isPresent();
    }

    @Test
    void talkingProcessReadsWhatIsSaidLater() {
        try (VmmProcess process = VmmProcess.launchTalking(List.of(), List.of("cat"), output, errors, "first\n")) {
            process.say("second\n");

            await().untilAsserted(() -> assertThat(output).hasContent("first\nsecond\n"));
        }
    }

    @Test
    void endedProcessDoesNotRead() {
        try (VmmProcess process = VmmProcess.launchTalking(List.of(), List.of("true"), output, errors, "")) {
            awaitEnd(process);

            assertThatThrownBy(() -> process.say("anything\n"))
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageStartingWith("process " + process.pid() + " (true) does not read any more: ");
        }
    }

    @Test
    void killedProcessHasEndedBySigkill() {
        try (VmmProcess process = launch("sh", "-c", "trap '' TERM; sleep 1000")) {
            process.kill();
            process.kill();

            assertThat(process.exitCode()).hasValue(128 + 9);
        }
    }

    private VmmProcess launch(String... command) {
        return VmmProcess.launch(List.of(command), output, errors);
    }

    private static void awaitEnd(VmmProcess process) {
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> process.exitCode().isPresent());
    }
}
