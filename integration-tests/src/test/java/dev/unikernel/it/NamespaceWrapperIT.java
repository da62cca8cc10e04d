package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unikernel.network.namespace.NamespaceWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A Maven project of its own whose {@code <jvm>} is the namespace wrapper, built as root and as a plain user. */
class NamespaceWrapperIT {

    private static final Path HERE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final Path REPOSITORY =
            Path.of(System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository"));
    private static final String SOURCES = "src/test/resources/dev/unikernel/it/wrapped";

    @TempDir
    Path project;

    /** In the environment of all that one test starts. */
    private final String mark = UUID.randomUUID().toString();

    private Process maven;

    static Stream<Boolean> asRoot() {
        return isRoot() ? Stream.of(true, false) : Stream.of(false);
    }

    @BeforeEach
    void layOut() throws IOException {
        for (String file : List.of("pom.xml", "src/test/java/wrapped/TapTest.java")) {
            Path copy = project.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(HERE.resolve(SOURCES).resolve(file), copy);
        }
        Files.createDirectory(project.resolve("parent"));
        Files.copy(HERE.resolve("../pom.xml"), project.resolve("parent/pom.xml"));
        NamespaceWrapper.writeTo(project.resolve("bin/java"));
        for (String folder : List.of("home", "target", "repository")) {
            Files.createDirectory(project.resolve(folder));
            Files.setPosixFilePermissions(project.resolve(folder), PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Files.setPosixFilePermissions(project, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void endWhatATestLeft() throws InterruptedException {
        if (maven != null) {
            maven.descendants().forEach(ProcessHandle::destroyForcibly);
            maven.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest(name = "as root: {0}")
    @MethodSource("asRoot")
    void testsPassAndMakeTheirTap(boolean asRoot) throws Exception {
        String output = mavenTest(asRoot);

        assertThat(maven.exitValue()).as(output).isZero();
        assertThat(output).contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");
        assertThat(ofThisTest()).isEmpty();
    }

    @ParameterizedTest(name = "as root: {0}")
    @MethodSource("asRoot")
    void forkNodeOverTcpEndsWithOneLine(boolean asRoot) throws Exception {
        String output =
                mavenTest(asRoot, "-Dfork.node=org.apache.maven.plugin.surefire.extensions.SurefireForkNodeFactory");

        assertThat(maven.exitValue()).as(output).isNotZero();
        assertThat(output.lines().filter(line -> line.startsWith("unikernel-junit: ")))
                .singleElement()
                .asString()
                .contains("cannot talk to Maven over TCP")
                .contains("SurefireForkNodeFactory");
    }

    /** Whoever of the chain is killed, the test's child process, the tap and the namespace go. */
    @ParameterizedTest(name = "{0}, as root: {1}")
    @CsvSource({
        "Launcher,true",
        "Launcher,false",
        "bin/java,true",
        "bin/java,false",
        "surefirebooter,true",
        "surefirebooter,false"
    })
    void nothingIsLeftAfterAKill(String victim, boolean asRoot) throws Exception {
        assumeThat(asRoot()).contains(asRoot);
        start(asRoot, "-Dlinger=true");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .failFast(() -> !maven.isAlive())
                .until(() -> output().contains("lingering"));
        assertThat(ofThisTest()).anyMatch(process -> process.contains("sleep 120"));

        // The newest: Maven is started by its shell script, and the JVM by the script of its namespace.
        String pid = ofThisTest().stream()
                .filter(process -> process.contains(victim) && !process.contains("sh -c"))
                .reduce((first, second) -> second)
                .map(process -> process.substring(0, process.indexOf(' ')))
                .orElseThrow();
        assertThat(new ProcessBuilder("kill", "-KILL", pid).start().waitFor()).isZero();

        Awaitility.await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(ofThisTest())
                .filteredOn(process -> !process.contains(" org.codehaus.plexus.classworlds.launcher.Launcher "))
                .isEmpty());
    }

    @Test
    void debuggerIsRefusedInsteadOfWaitedFor() throws Exception {
        String output = mavenTest(isRoot(), "-Dmaven.surefire.debug");

        assertThat(maven.exitValue()).as(output).isNotZero();
        assertThat(output.lines().filter(line -> line.startsWith("unikernel-junit: ")))
                .singleElement()
                .asString()
                .contains("a debugger cannot reach");
    }

    private String mavenTest(boolean asRoot, String... arguments) throws IOException, InterruptedException {
        start(asRoot, arguments);
        assertThat(maven.waitFor(35, TimeUnit.SECONDS)).as("Maven ends").isTrue();
        return output();
    }

    private void start(boolean asRoot, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        Path repository = REPOSITORY;
        if (!asRoot) {
            assumeThat(new ProcessBuilder(plainly("unshare", "--user", "--map-current-user", "true"))
                            .start()
                            .waitFor())
                    .as("user namespaces are allowed here")
                    .isZero();
        }
        if (isRoot() && !asRoot) {
            // Root's repository, where a plain user can read it.
            repository = project.resolve("repository");
            command.addAll(List.of(
                    "unshare",
                    "--mount",
                    "sh",
                    "-c",
                    "mount --bind " + REPOSITORY + " " + repository + " && exec \"$@\"",
                    "sh"));
            command.addAll(plainly());
        }
        // Error Prone's profile needs options of Maven's JVM, and is of no use here.
        command.addAll(List.of("mvn", "-B", "-o", "-P", "!error-prone", "-Dmaven.repo.local=" + repository));
        command.addAll(List.of(arguments));
        command.add("test");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(project.resolve("maven.log").toFile());
        builder.environment().put("HOME", project.resolve("home").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MARK", mark);
        builder.environment().remove("CI");
        maven = builder.start();
        maven.getOutputStream().close();
    }

    private static List<String> plainly(String... command) {
        List<String> words = new ArrayList<>();
        if (isRoot()) {
            words.addAll(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
        }
        words.addAll(List.of(command));
        return words;
    }

    private String output() throws IOException {
        return Files.readString(project.resolve("maven.log"));
    }

    /** The living processes that this test started, directly or not: process id and command line, oldest first. */
    private List<String> ofThisTest() throws IOException {
        List<String> found = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path directory = Path.of("/proc", Long.toString(process.pid()));
            try {
                if (Files.readString(directory.resolve("environ"), StandardCharsets.ISO_8859_1)
                        .contains("MARK=" + mark)) {
                    found.add(process.pid() + " "
                            + Files.readString(directory.resolve("cmdline")).replace('\0', ' '));
                }
            } catch (IOException gone) {
                // Ended in between, or another user's.
            }
        }
        return found;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
