package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.config.HypervisorChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.ProgramPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A user without any privilege runs the same classes from whatever runs tests, and it works: nothing of the network mode
 * {@code namespace} depends on how the test JVM was started, or on how it talks to what started it.
 */
@Tag("namespace")
@ExtendWith(NeedsTheHypervisor.class)
class PlainUserIT {

    /** What the settings of the launched JVM say. */
    enum Told {
        /** The pair that this class is run with. */
        THE_PAIR,
        /** Nothing: that {@code namespace} is taken is the extension's choice. */
        NOTHING;

        List<String> options() {
            return System.getProperties().stringPropertyNames().stream()
                    .filter(name -> this == THE_PAIR || name.equals("unikernel.timeoutFactor"))
                    .filter(name -> name.matches("unikernel\\.(hypervisor|network|timeoutFactor)"))
                    .sorted()
                    .map(name -> "-D" + name + "=" + System.getProperty(name))
                    .toList();
        }
    }

    /** It is the same with nothing told, whichever pair this class is run with: once is enough. */
    static Stream<Told> told() {
        boolean qemu = Settings.ofSystemProperties().get(Keys.HYPERVISOR) == HypervisorChoice.QEMU;
        return qemu ? Stream.of(Told.values()) : Stream.of(Told.THE_PAIR);
    }

    private static final Map<String, Long> ALL_PASSED =
            Map.of("AsAPlainUser", 5L, "AnnotatedClassIT", 6L, "RegisteredExtensionIT", 2L);

    private static final Path HERE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
    private static final Path REPOSITORY =
            Path.of(System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository"));
    private static final Pattern LISTENING = Pattern.compile("Listening for transport dt_socket at address: (\\d+)");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What a plain user must be able to read. */
    @TempDir
    static Path shared;

    private static String classPath;

    /** The user's own. */
    @TempDir
    Path folder;

    private Process launched;

    @BeforeAll
    static void copyWhatAPlainUserCannotRead() throws IOException {
        PlainUser.letIn(shared);
        classPath = PlainUser.copyClassPathReadably(shared);
    }

    @BeforeEach
    void makeHome() throws IOException {
        Prerequisites.assumeSucceeds(asAPlainUser(List.of("unshare", "--user", "--net", "true")));
        Files.createDirectories(DoomedJvm.tmp(folder));
        PlainUser.give(folder);
        PlainUser.give(DoomedJvm.tmp(folder));
    }

    /** Nothing of what was started is left, neither a process nor a file. */
    @AfterEach
    void endWhatWasLaunched() throws IOException {
        MarkedProcesses marked = new MarkedProcesses(folder.toString());
        try {
            Awaitility.await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> {
                assertThat(marked.find()).isEmpty();
                assertThat(DoomedJvm.tmp(folder)).isEmptyDirectory();
            });
        } finally {
            marked.find().forEach(MarkedProcesses.Marked::destroyForcibly);
        }
    }

    @ParameterizedTest
    @MethodSource("told")
    void surefireAndFailsafeByPipesAndByTcp(Told told) throws Exception {
        layOutMavenProject();
        List<String> maven = new ArrayList<>(List.of("mvn", "-o", "-B", "-P", "!error-prone"));
        maven.add("-Dmaven.repo.local=" + folder.resolve("repository"));
        maven.add("-Dclasses=" + copyOfTheTestClasses());
        maven.add("-Dmaven.test.additionalClasspath=" + classPath.replace(':', ','));
        maven.add("-Dtest=" + String.join(",", ALL_PASSED.keySet()));
        maven.add("-Dit.test=" + String.join(",", ALL_PASSED.keySet()));
        maven.addAll(properties(told));
        maven.add("verify");

        assertThat(end(start(withRepository(maven)))).as(output()).isZero();

        for (String way : List.of("surefire", "tcp", "failsafe")) {
            assertAllPassed("target/reports-" + way);
        }
    }

    @ParameterizedTest
    @MethodSource("told")
    void aWorkerOfGradle(Told told) throws Exception {
        assumeTrue(
                ProgramPath.ofThisJvm().find("gradle").isPresent(),
                "SKIPPED: there is no gradle on the PATH. Next: bin/setup gradle");
        assumeTrue(
                Runtime.version().feature() < 24,
                "SKIPPED: Debian's Gradle knows no Java " + Runtime.version().feature());
        layOut("build.gradle", folder);
        layOut("Suite.java", Files.createDirectory(folder.resolve("suite")));
        List<String> options = properties(told);
        options.add("-D" + AsAPlainUser.TCP + "=true");
        Files.write(folder.resolve("options"), options);
        Path runner = shared.resolve("junit-platform-runner");
        if (!Files.exists(runner)) {
            PlainUser.copyReadably(HERE.resolve("target/junit-platform-runner"), runner);
        }
        Path litter = Files.createDirectory(folder.resolve("gradle-tmp"));
        PlainUser.give(litter);
        List<String> gradle = new ArrayList<>(List.of("env", "GRADLE_OPTS=-Djava.io.tmpdir=" + litter));
        gradle.addAll(List.of("gradle", "--no-daemon", "--offline", "--stacktrace"));
        gradle.add("--gradle-user-home=" + folder.resolve("gradle-home"));
        gradle.add("-PclassPath=" + classPath);
        gradle.add("-Prunner=" + runner);
        gradle.add("-Pclasses=" + copyOfTheTestClasses());
        gradle.add("-Ptests=" + String.join(",", ALL_PASSED.keySet()));
        gradle.add("test");

        assertThat(end(start(asAPlainUser(gradle)))).as(output()).isZero();
        assertAllPassed("build/test-results/test");
    }

    @ParameterizedTest
    @MethodSource("told")
    void theConsoleLauncher(Told told) throws Exception {
        assertThat(end(start(asAPlainUser(console(told, List.of())))))
                .as(output())
                .isZero();
        assertAllPassed("reports");
    }

    @ParameterizedTest
    @MethodSource("told")
    void aJvmWithADebuggerThatStopsIt(Told told) throws Exception {
        List<String> options = List.of(
                "-D" + AsAPlainUser.TCP + "=true",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0");
        start(asAPlainUser(console(told, options)));
        Awaitility.await()
                .atMost(PATIENCE)
                .failFast("the JVM ended", () -> !launched.isAlive())
                .until(() -> LISTENING.matcher(output()).find());
        Matcher listening = LISTENING.matcher(output());
        assertThat(listening.find()).isTrue();

        assertThat(Debugger.stopsOf(Integer.parseInt(listening.group(1)), AsAPlainUser.class, AsAPlainUser.TEST))
                .containsExactly(AsAPlainUser.TEST);

        assertThat(end(launched)).as(output()).isZero();
        assertAllPassed("reports");
    }

    private void assertAllPassed(String reportsIn) {
        TestReports reports = new TestReports(folder.resolve(reportsIn));
        assertThat(reports.othersThanPassed()).as(reportsIn).isEmpty();
        assertThat(reports.passedOfClasses()).as(reportsIn).isEqualTo(ALL_PASSED);
    }

    private List<String> console(Told told, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(properties(told));
        command.addAll(List.of("-cp", classPath, "org.junit.platform.console.ConsoleLauncher", "execute"));
        command.addAll(List.of("--disable-banner", "--disable-ansi-colors", "--fail-if-no-tests"));
        command.add("--reports-dir=" + folder.resolve("reports"));
        ALL_PASSED.keySet().forEach(name -> command.add("--select-class=dev.unikernel.it." + name));
        return command;
    }

    private List<String> properties(Told told) throws IOException {
        List<String> properties = new ArrayList<>(told.options());
        properties.add("-Dunikernel.workDir=" + folder.resolve("logs"));
        properties.add("-Djava.io.tmpdir=" + DoomedJvm.tmp(folder));
        properties.add("-D" + AsAPlainUser.NETWORK_OF_THE_LAUNCHER + "=" + AsAPlainUser.network());
        return properties;
    }

    private void layOutMavenProject() throws IOException {
        Path parent = Files.createDirectory(folder.resolve("parent"));
        layOut("pom.xml", folder);
        Files.copy(HERE.resolve("../pom.xml"), parent.resolve("pom.xml"));
        Files.createDirectory(folder.resolve("repository"));
    }

    private static void layOut(String file, Path folder) throws IOException {
        Files.copy(HERE.resolve("src/test/resources/dev/unikernel/it/launched").resolve(file), folder.resolve(file));
    }

    private static String copyOfTheTestClasses() {
        return Stream.of(classPath.split(":"))
                .filter(copy -> copy.endsWith("-test-classes"))
                .findFirst()
                .orElseThrow();
    }

    private List<String> withRepository(List<String> maven) throws IOException {
        List<String> command = new ArrayList<>();
        if (PlainUser.isPossible()) {
            // Root's repository, where a plain user can read it.
            command.addAll(List.of("unshare", "--mount", "sh", "-c"));
            command.add("mount --bind " + REPOSITORY + " " + folder.resolve("repository") + " && exec \"$@\"");
            command.add("sh");
        } else {
            Files.delete(folder.resolve("repository"));
            Files.createSymbolicLink(folder.resolve("repository"), REPOSITORY);
        }
        command.addAll(asAPlainUser(maven));
        return command;
    }

    private static List<String> asAPlainUser(List<String> command) throws IOException {
        List<String> words = new ArrayList<>();
        if (PlainUser.isPossible()) {
            words.addAll(PlainUser.prefix());
            words.addAll(List.of("--inh-caps=-all", "--bounding-set=-all"));
        }
        words.addAll(command);
        return words;
    }

    private Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UNIKERNEL_"));
        builder.environment().remove("CI");
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        launched = builder.start();
        launched.getOutputStream().close();
        return launched;
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended within " + PATIENCE)
                .isTrue();
        return process.exitValue();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }
}
