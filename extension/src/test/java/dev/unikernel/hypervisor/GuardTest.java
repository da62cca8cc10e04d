package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.unikernel.host.ProgramPath;
import dev.unikernel.network.namespace.NamespaceWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills JVMs that have a guard. */
class GuardTest {

    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--");

    /** Found on the command line of each process of this test. */
    private final String marker = "1000." + (1_000_000 + System.nanoTime() % 1_000_000);

    @TempDir
    Path folder;

    private Child child = new Child();

    @BeforeEach
    void letNobodyIn() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void endChildAndWhatAFailedTestLeft() {
        child.kill();
        marked().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void nothingIsLeftOfAKilledJvm() throws Exception {
        child.start(List.of(), "hold", "sleep", marker);

        child.kill();

        assertNothingIsLeft();
    }

    @Test
    void nothingIsLeftOfAJvmThatEndsByItself() throws Exception {
        child.start(List.of(), "hold", "sleep", marker);

        child.order("exit");

        assertThat(child.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertNothingIsLeft();
    }

    @Test
    void nothingIsLeftOfAPlainUsersJvm() throws Exception {
        assumeThat(isRoot()).as("runs as root, to become another user").isTrue();
        child.start(AS_NOBODY, "hold", "sleep", marker);
        assertThat(Files.getAttribute(Path.of("/proc/" + child.pid("vmm")), "unix:uid"))
                .isEqualTo(65534);

        child.kill();

        assertNothingIsLeft();
    }

    /** The kernel clears the parent-death signal of such a program if its user is not root (prctl(2)). */
    @Test
    void nothingIsLeftIfTheVmmHasFileCapabilities() throws Exception {
        assumeThat(isRoot()).as("runs as root, to set capabilities").isTrue();
        Path binary = Files.copy(Path.of("/bin/sleep").toRealPath(), folder.resolve("capable"));
        assumeThat(run("setcap", "cap_net_raw+ep", binary.toString()))
                .as("setcap works here")
                .isZero();
        child.start(AS_NOBODY, "hold", binary.toString(), marker);
        await().untilAsserted(() -> assertThat(Files.readString(Path.of("/proc/" + child.pid("vmm") + "/status")))
                .containsPattern("(?m)^CapEff:\\s+0*2000$"));

        child.kill();

        assertNothingIsLeft();
    }

    /** There the end of the first process ends all others: it must not come before the guard has done its work. */
    @Test
    void nothingIsLeftOfAJvmInANamespaceOfItsOwn() throws Exception {
        Path wrapper = folder.resolve("bin/java");
        NamespaceWrapper.writeTo(wrapper);
        assumeThat(run(wrapper.toString(), "-version"))
                .as("namespaces can be made here")
                .isZero();
        child.java = wrapper;
        child.start(List.of(), "hold", "sleep", marker);

        ProcessHandle jvm = marked().stream()
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow();
        jvm.destroyForcibly();

        assertThat(child.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(child.process().exitValue()).isEqualTo(128 + 9);
        assertThat(marked()).isEmpty();
        assertThat(folder.resolve("first")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 23, 41, 66})
    void noMomentOfALaunchLeavesAProcess(int millis) throws Exception {
        child.start(List.of(), "loop", "sleep", marker);
        await().pollDelay(Duration.ofMillis(millis)).until(() -> true);

        child.kill();

        assertNothingIsLeft();
    }

    @Test
    void guardStandsWhatEndsAProcessGroup() throws Exception {
        child.start(List.of(), "hold", "sleep", marker);
        String guard = child.pid("guard");
        // SIGHUP, SIGINT, SIGQUIT and SIGTERM, ignored from the script's first line on.
        await().untilAsserted(() -> assertThat(Path.of("/proc", guard, "status"))
                .content()
                .containsPattern("(?m)^SigIgn:\\s+[0-9a-f]*4007$"));

        assertThat(run("kill", "-INT", guard)).isZero();
        assertThat(run("kill", "-TERM", guard)).isZero();
        assertThat(run("kill", "-HUP", guard)).isZero();

        assertThat(Path.of("/proc", guard)).exists();
        child.kill();
        assertNothingIsLeft();
    }

    @Test
    void killedGuardIsReplacedByOneThatKnowsAll() throws Exception {
        child.start(List.of(), "hold", "sleep", marker);
        String first = child.pid("guard");

        child.order("kill-guard");
        child.awaitReady();
        assertThat(child.pid("guard")).isNotEqualTo(first);
        assertThat(folder.resolve("second")).exists();

        child.kill();
        assertNothingIsLeft();
    }

    /** A build tool reads the output of its JVM to the end: nobody but the JVM may hold it open. */
    @Test
    void guardAndVmmHoldNoPipeOfTheJvm() throws Exception {
        child.start(List.of(), "hold", "sleep", marker);
        await().untilAsserted(
                        () -> assertThat(run("pgrep", "-f", "^sleep " + marker)).isZero());

        assertThat(openFiles("guard").subList(1, 3)).containsOnly("/dev/null");
        assertThat(openFiles("vmm"))
                .startsWith(
                        "/dev/null",
                        folder.resolve("output").toString(),
                        folder.resolve("errors").toString());
        List<String> ofTheJvm = List.of(child.openFile(0), child.openFile(1));
        assertThat(openFiles("guard")).doesNotContainAnyElementsOf(ofTheJvm);
        assertThat(openFiles("vmm")).doesNotContainAnyElementsOf(ofTheJvm);
    }

    @Test
    void guardHasASessionOfItsOwn() throws Exception {
        assumeThat(ProgramPath.ofThisJvm().find("setsid")).isPresent();
        child.start(List.of(), "hold", "sleep", marker);
        String guard = child.pid("guard");

        // Field 6 is the session.
        assertThat(Files.readString(Path.of("/proc", guard, "stat"))
                        .replaceFirst(".*\\) ", "")
                        .split(" ")[3])
                .isEqualTo(guard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative/path", "/", "/tmp", "/tmp/..", "/tmp/x/../.."})
    void foldersThatMayNotBeOursAreRefused(String path) {
        assertThatThrownBy(() -> Guard.ofThisJvm().folder(Path.of(path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absolute and at least two levels deep, but was: '" + path + "'");
    }

    /** It takes some 30 ms; on a machine that is busy with other tests the guard may have to wait for its turn. */
    private void assertNothingIsLeft() {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> {
                    assertThat(marked()).isEmpty();
                    assertThat(folder.resolve("first")).doesNotExist();
                    assertThat(folder.resolve("second")).doesNotExist();
                    if (child.pids.containsKey("guard")) {
                        assertThat(hasEnded(child.pid("guard"))).isTrue();
                    }
                });
    }

    /** A process whose parent died is a zombie until the system's first process gets round to it. */
    private static boolean hasEnded(String pid) throws IOException {
        try {
            return Files.readString(Path.of("/proc", pid, "stat")).matches("(?s).*\\) [ZX] .*");
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** The processes on whose command line the marker stands. */
    private List<ProcessHandle> marked() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        Path commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
                        return Files.readString(commandLine, StandardCharsets.ISO_8859_1)
                                .contains(marker);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    private List<String> openFiles(String who) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", child.pid(who), "fd"))) {
            return files.sorted(Comparator.comparingInt(
                            file -> Integer.parseInt(file.getFileName().toString())))
                    .map(file -> {
                        try {
                            return Files.readSymbolicLink(file).toString();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** A JVM that runs {@link GuardedMain}. */
    private final class Child {

        private final Map<String, String> pids = new HashMap<>();
        private Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        private Process process;
        private BufferedReader output;

        void start(List<String> as, String mode, String... command) throws IOException {
            List<String> line = new ArrayList<>(as);
            line.add(java.toString());
            line.addAll(List.of(
                    "-Xshare:auto",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    copyClasses().toString()));
            line.addAll(List.of(GuardedMain.class.getName(), folder.toString(), mode));
            line.addAll(List.of(command));
            process = new ProcessBuilder(line)
                    .redirectError(folder.resolve("jvm.log").toFile())
                    .start();
            output = process.inputReader();
            awaitReady();
        }

        void awaitReady() throws IOException {
            for (String line; (line = output.readLine()) != null && !line.equals("ready"); ) {
                pids.put(line.split(" ")[0], line.split(" ")[1]);
            }
            if (!process.isAlive()) {
                throw new AssertionError(Files.readString(folder.resolve("jvm.log")));
            }
        }

        void order(String order) throws IOException {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        Process process() {
            return process;
        }

        String pid(String who) {
            return pids.get(who);
        }

        String openFile(int number) throws IOException {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/fd/" + number))
                    .toString();
        }

        /** SIGKILL. */
        void kill() {
            if (process != null) {
                process.destroyForcibly();
                Patience.awaitEnd(process, Duration.ofSeconds(10));
            }
        }

        /** Another user need not be able to read the build's folders. */
        private Path copyClasses() throws IOException {
            Path target = folder.resolve("classes");
            for (Class<?> type : List.of(Guard.class, GuardedMain.class)) {
                Path source = Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().getPath());
                for (String room : List.of("dev/unikernel/hypervisor", "dev/unikernel/host")) {
                    copyFiles(source, room, target);
                }
            }
            return target;
        }

        private static void copyFiles(Path source, String room, Path target) throws IOException {
            try (Stream<Path> files = Files.list(source.resolve(room))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = target.resolve(source.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }
}
