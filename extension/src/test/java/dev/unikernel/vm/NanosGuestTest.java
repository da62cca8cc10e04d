package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.NanosImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NanosGuestTest {

    private static final Optional<VmmEnd> NOTHING = Optional.empty();
    private static final Optional<VmmEnd> POWERED_OFF =
            Optional.of(new VmmEnd.PoweredOff("the guest powered off", "?"));
    private static final long LATER = 600_000_000;

    @TempDir
    Path folder;

    private Path disk;
    private FilesVmm vmm;
    private NanosGuest guest;

    @BeforeEach
    void startGuest() throws IOException {
        disk = Files.write(folder.resolve("disk.raw"), new byte[8192]);
        vmm = new FilesVmm(folder);
        guest = new NanosGuest(new NanosImage(disk, 512));
    }

    @Test
    void guestThatRunsHasNoEnd() throws IOException {
        serial(
                "[0.6] en1: assigned 10.0.2.15",
                "Server started on port 8080",
                "frame trace: is fine",
                "log: Out of memory: cannot allocate 5 bytes",
                "   core dumped");

        assertThat(guest.end(vmm, NOTHING, 0)).isEmpty();
        assertThat(guest.end(vmm, NOTHING, LATER)).isEmpty();
    }

    @Test
    void exitCodeIsReadWhereTheVmmRunsOn() throws IOException {
        record(7, "about to exit\n");

        assertThat(guest.end(vmm, NOTHING, 0)).as("seen once").isEmpty();
        VmmEnd end = guest.end(vmm, NOTHING, 1).orElseThrow();

        assertThat(end).isInstanceOfSatisfying(VmmEnd.PoweredOff.class, off -> assertThat(off.exitCode())
                .hasValue(7));
        assertThat(end.cause()).isEqualTo("the guest's program ended with exit code 7");
        assertThat(guest.record().orElseThrow().exitCode()).isEqualTo(7);
    }

    @Test
    void recordThatIsBeingWrittenIsReadAgain() throws IOException {
        record(11, "*** sig");
        assertThat(guest.end(vmm, NOTHING, 0)).isEmpty();
        record(11, "*** signal 11 received by tid 2, errno 0, code 1\n");
        assertThat(guest.end(vmm, NOTHING, 1)).isEmpty();

        VmmEnd end = guest.end(vmm, NOTHING, 2).orElseThrow();

        assertThat(end).isInstanceOfSatisfying(VmmEnd.GuestCrashed.class, crash -> assertThat(crash.signal())
                .hasValue(11));
        assertThat(end.cause()).isEqualTo("the guest's program was killed by signal 11 (SIGSEGV)");
    }

    @Test
    void exitCodeExplainsThePowerOff() throws IOException {
        record(7, "about to exit\n");

        assertThat(guest.end(vmm, POWERED_OFF, 0).orElseThrow().cause())
                .isEqualTo("the guest's program ended with exit code 7");
    }

    @Test
    void powerOffWithoutARecordIsWhatTheVmmSays() {
        assertThat(guest.end(vmm, POWERED_OFF, 0)).isEqualTo(POWERED_OFF);
    }

    @Test
    void powerOffAfterWordsWithoutARecordIsExitCode0() throws IOException {
        serial("[0.6] en1: assigned 10.0.2.15");

        assertThat(guest.end(vmm, POWERED_OFF, 0))
                .contains(new VmmEnd.PoweredOff("the guest powered off", "?", OptionalInt.of(0)));
    }

    @Test
    void faultOfTheKernelExplainsThePowerOff() throws IOException {
        serial("[0.6] en1: assigned 10.0.2.15", "no fault handler");

        assertThat(guest.end(vmm, POWERED_OFF, 0).orElseThrow()).isInstanceOf(VmmEnd.GuestCrashed.class);
    }

    @Test
    void terminationAtThePowerButtonIsNoCrash() throws IOException {
        record(15, "stopping\n   terminate\n");
        guest.powerButton();

        VmmEnd end = guest.end(vmm, POWERED_OFF, 0).orElseThrow();

        assertThat(end).isInstanceOfSatisfying(VmmEnd.PoweredOff.class, off -> assertThat(off.exitCode())
                .isEmpty());
        assertThat(end.cause())
                .isEqualTo("the guest's program was ended by SIGTERM, which Nanos sends it at the power button");
    }

    @Test
    void crashThatTheVmmSawStaysWhatItIs() throws IOException {
        Optional<VmmEnd> crash = Optional.of(new VmmEnd.GuestCrashed("a virtual CPU failed", "?"));
        record(7, "");

        assertThat(guest.end(vmm, crash, 0)).isEqualTo(crash);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *** signal 11 received by tid 2, errno 0, code 1 | the guest's program was killed by signal 11 (SIGSEGV)
            *** signal 3 received by tid 2, errno 0, code -6 | the guest's program was killed by signal 3
            program startup failed on exec: (result:unable to open program file /x) | Nanos could not start the program: 'program startup failed on exec: (result:unable to open program file /x)'
            [0.1] unable to open filesystem: (result:tfs magic mismatch) | Nanos could not start the program: 'unable to open filesystem: (result:tfs magic mismatch)'
            page fault: out of memory, program killed | Nanos ran out of memory: 'page fault: out of memory, program killed'
            [3.14] Out of memory: cannot allocate 4096 bytes | Nanos ran out of memory: '[3.14] Out of memory: cannot allocate 4096 bytes'
            no fault handler | Nanos' kernel failed: 'no fault handler'
            assertion x > 0 failed at /src/x.c:12 (IP 0x1) in f() | Nanos' kernel failed: 'assertion x > 0 failed at /src/x.c:12 (IP 0x1) in f()'
            """)
    void wordsOfAFailureEndTheWaitWithoutARecord(String line, String cause) throws IOException {
        serial("before", line);

        assertThat(guest.end(vmm, NOTHING, 1)).as("the record may still come").isEmpty();
        VmmEnd end = guest.end(vmm, NOTHING, LATER).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause()).isEqualTo(cause);
    }

    @Test
    void wordsOfTheRecordAreWholeWhereTheConsoleIsBehind() throws IOException {
        serial("program startup failed");
        record(127, "program startup failed before exec: (result:no program)\n");

        guest.end(vmm, NOTHING, 0);
        assertThat(guest.end(vmm, NOTHING, 1).orElseThrow().cause())
                .isEqualTo(
                        "Nanos could not start the program: 'program startup failed before exec: (result:no program)'");
    }

    @Test
    void recordSaysWhatASilentConsoleDoesNot() throws IOException {
        record(127, "program startup failed before exec: (result:no program)\n");

        assertThat(guest.end(vmm, POWERED_OFF, 0).orElseThrow().cause())
                .isEqualTo(
                        "Nanos could not start the program: 'program startup failed before exec: (result:no program)'");
    }

    @Test
    void serialLineSaysWhatARecordWithoutWordsDoesNot() throws IOException {
        serial("*** signal 11 received by tid 2, errno 0, code 1");
        record(11, "");

        assertThat(guest.end(vmm, POWERED_OFF, 0).orElseThrow().cause())
                .isEqualTo("the guest's program was killed by signal 11 (SIGSEGV)");
    }

    @Test
    void recordSaysThatMemoryRanOut() throws IOException {
        record(127, "before\npage fault: out of memory, program killed\n");

        assertThat(guest.end(vmm, POWERED_OFF, 0).orElseThrow().cause())
                .isEqualTo("Nanos ran out of memory: 'page fault: out of memory, program killed'");
    }

    @Test
    void wordsOfAFailureCountAfterHalfASecond() throws IOException {
        serial("no fault handler");

        assertThat(guest.end(vmm, NOTHING, 1_000_000_000)).isEmpty();
        assertThat(guest.end(vmm, NOTHING, 1_499_999_999)).isEmpty();
        assertThat(guest.end(vmm, NOTHING, 1_500_000_000)).isPresent();
    }

    @Test
    void guestIsInDoubtFromTheFirstSignOfAnEnd() throws IOException {
        guest.end(vmm, NOTHING, 0);
        assertThat(guest.isInDoubt()).as("nothing seen").isFalse();

        serial("no fault handler");
        guest.end(vmm, NOTHING, 1);
        assertThat(guest.isInDoubt()).as("words").isTrue();

        NanosGuest other = new NanosGuest(new NanosImage(disk, 512));
        record(7, "");
        other.end(vmm, NOTHING, 0);
        assertThat(other.isInDoubt()).as("a record").isTrue();
    }

    @Test
    void terminationSaysNoSignalSoThatTheCodeDoes() throws IOException {
        record(15, "stopping\n   terminate\n");

        VmmEnd end = guest.end(vmm, POWERED_OFF, 0).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.GuestCrashed.class);
        assertThat(end.cause()).isEqualTo("the guest's program was killed by signal 15 (SIGTERM)");
    }

    @Test
    void powerOffThatIsNotCarriedOutIsSeen() throws IOException {
        log("cloud-hypervisor:  1.2s: <vcpu0> WARN:vmm/src/vm.rs:510 -- Guest PIO write to unregistered address 0x0");

        assertThat(guest.end(vmm, NOTHING, 1)).isEmpty();
        VmmEnd end = guest.end(vmm, NOTHING, LATER).orElseThrow();

        assertThat(end).isInstanceOf(VmmEnd.PoweredOff.class);
        assertThat(end.cause())
                .startsWith("Nanos ended without leaving an exit code, as it does when its program ends with 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x01", "0x80", "0x0cf8"})
    void writesElsewhereAreNoPowerOff(String port) throws IOException {
        log("Guest PIO write to unregistered address " + port);
        guest.end(vmm, NOTHING, 1);

        assertThat(guest.end(vmm, NOTHING, LATER)).isEmpty();
    }

    private void serial(String... lines) throws IOException {
        Files.writeString(vmm.serialFile(), String.join("\r\n", lines) + "\r\n");
    }

    private void log(String line) throws IOException {
        Files.writeString(vmm.log(), line + "\n");
    }

    private void record(int exitCode, String text) throws IOException {
        FilesVmm.record(disk, exitCode, text);
    }
}
