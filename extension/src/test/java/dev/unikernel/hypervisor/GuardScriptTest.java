package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard's script, fed by hand. */
class GuardScriptTest {

    @TempDir
    Path folder;

    @Test
    void announcedFolderIsDeletedWithItsContent() throws Exception {
        Path guarded =
                Files.createDirectories(folder.resolve("a b * $(x) '\" \\ ü").resolve("inner"));
        Files.writeString(guarded.resolve("file"), "");

        run("+ 1 folder " + guarded.getParent());

        assertThat(guarded.getParent()).doesNotExist();
        assertThat(folder).exists();
    }

    @Test
    void forgottenFolderStays() throws Exception {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        Path kept = Files.createDirectory(folder.resolve("kept"));

        run("+ 1 folder " + kept, "+ 2 folder " + gone, "- 1");

        assertThat(gone).doesNotExist();
        assertThat(kept).exists();
    }

    @Test
    void lineThatWasNotFinishedIsNotObeyed() throws Exception {
        Path kept = Files.createDirectory(folder.resolve("kept"));

        runRaw("+ 1 folder " + kept);

        assertThat(kept).exists();
    }

    @Test
    void linkToAFolderIsDeletedAndNotFollowed() throws Exception {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Path guarded = Files.createDirectory(folder.resolve("guarded"));
        Files.createSymbolicLink(guarded.resolve("link"), kept);
        Files.writeString(kept.resolve("file"), "");

        run("+ 1 folder " + guarded);

        assertThat(guarded).doesNotExist();
        assertThat(kept.resolve("file")).exists();
    }

    @Test
    void processIsKilledByItsPidAndStartTime() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").start();
        try {
            run("+ 1 process " + process.pid() + " " + startTime(process.pid()));

            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 9);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void anotherProcessUnderTheSamePidIsSpared() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").start();
        try {
            run("+ 1 process " + process.pid() + " " + (startTime(process.pid()) - 1));

            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void processThatIsGoneDoesNoHarm() throws Exception {
        Path gone = Files.createDirectory(folder.resolve("gone"));

        run("+ 1 process 4194305 1", "+ 2 folder " + gone);

        assertThat(gone).doesNotExist();
    }

    @Test
    void tapIsDeleted() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("needs a network namespace")
                .isEqualTo("root");
        String script = "ip tuntap add dev ukguard0 mode tap && ip tuntap add dev ukguard1 mode tap &&"
                + " printf '+ 1 tap ukguard0\\n' | sh \"$0\"; ip -o link";
        Process process = new ProcessBuilder(List.of("unshare", "-n", "sh", "-c", script, script().toString()))
                .redirectErrorStream(true)
                .start();
        String links = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assumeThat(links).as("this machine can make taps").contains("ukguard1");
        assertThat(links).doesNotContain("ukguard0");
    }

    @Test
    void tapOfAKnownNumberIsDeleted() throws Exception {
        assertThat(linksAfterGuarding("$(cat /sys/class/net/ukguard0/ifindex)")).doesNotContain("ukguard0");
    }

    @Test
    void anotherTapUnderTheSameNameIsSpared() throws Exception {
        assertThat(linksAfterGuarding("4711")).contains("ukguard0");
    }

    private static String linksAfterGuarding(String number) throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("needs a network namespace")
                .isEqualTo("root");
        String script = "mount -t sysfs sysfs /sys; ip tuntap add dev ukguard0 mode tap &&"
                + " ip tuntap add dev ukguard1 mode tap &&"
                + " printf \"+ 1 tap ukguard0 " + number + "\\n\" | sh \"$0\"; ip -o link";
        Process process = new ProcessBuilder(List.of("unshare", "-nm", "sh", "-c", script, script().toString()))
                .redirectErrorStream(true)
                .start();
        String links = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeThat(links).as("this machine can make taps").contains("ukguard1");
        return links;
    }

    @Test
    void tapThatAppearsALittleLaterIsDeleted() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("needs a network namespace")
                .isEqualTo("root");
        String script = "ip tuntap add dev ukguard1 mode tap;"
                + " (sleep 0.1; ip tuntap add dev ukguard0 mode tap && touch \"$1\") &"
                + " printf '+ 1 tap ukguard0\\n' | sh \"$0\"; wait; ip -o link";
        Path made = folder.resolve("made");
        Process process = new ProcessBuilder(
                        List.of("unshare", "-n", "sh", "-c", script, script().toString(), made.toString()))
                .redirectErrorStream(true)
                .start();
        String links = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assumeThat(links).as("this machine can make taps").contains("ukguard1");
        assertThat(made).exists();
        assertThat(links).doesNotContain(": ukguard0:");
    }

    private static void run(String... lines) throws Exception {
        runRaw(String.join("\n", lines) + "\n");
    }

    private static void runRaw(String input) throws Exception {
        Process guard = new ProcessBuilder("sh", script().toString())
                .redirectErrorStream(true)
                .start();
        try (OutputStream pipe = guard.getOutputStream()) {
            pipe.write(input.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(guard.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private static Path script() throws Exception {
        return Path.of(
                Objects.requireNonNull(Guard.class.getResource("guard.sh")).toURI());
    }

    private static long startTime(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
    }
}
