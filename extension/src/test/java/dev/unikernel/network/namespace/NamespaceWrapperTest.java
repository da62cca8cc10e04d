package dev.unikernel.network.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The script itself, run with real namespaces as root and as a plain user. */
class NamespaceWrapperTest {

    /** Whose wrapper it is. A plain user who runs these tests can only be himself. */
    enum User {
        ROOT,
        PLAIN;

        static Stream<User> possible() {
            return isRoot() ? Stream.of(ROOT, PLAIN) : Stream.of(PLAIN);
        }

        List<String> command() {
            return this == PLAIN && isRoot()
                    ? List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
                    : List.of();
        }
    }

    private record Ended(int status, String out, String err) {}

    @TempDir
    Path folder;

    private Path wrapper;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void installWrapper() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        wrapper = folder.resolve("bin/java");
        NamespaceWrapper.writeTo(wrapper);
    }

    @AfterEach
    void endWhatATestLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @MethodSource("dev.unikernel.network.namespace.NamespaceWrapperTest$User#possible")
    void jvmLivesInNamespacesOfItsOwn(User user) throws Exception {
        assumeNamespacesAreAllowed(user);

        Ended ended = run(user, inside("namespaces"));

        assertThat(ended.out().lines()).hasSize(3).allMatch(line -> line.matches("(net|mnt|pid):\\[\\d+]"));
        for (String line : ended.out().lines().toList()) {
            String kind = line.substring(0, 3);
            assertThat(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)))
                    .as(kind)
                    .isNotEqualTo(Path.of(line));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.unikernel.network.namespace.NamespaceWrapperTest$User#possible")
    void tapCanBeMadeAndIsTheOnlyInterfaceBesideLo(User user) throws Exception {
        assumeNamespacesAreAllowed(user);

        Ended ended = run(
                user,
                inside(
                        "shell",
                        "ip tuntap add dev uktest mode tap && ip addr add 198.18.255.253/30 dev uktest && ip link set uktest up"
                                + " && ls /sys/class/net; echo $UNIKERNEL_NAMESPACE"));

        assertThat(ended.out()).isEqualTo("lo\nuktest\n1\n");
    }

    @ParameterizedTest
    @MethodSource("dev.unikernel.network.namespace.NamespaceWrapperTest$User#possible")
    void loIsUpAndTheUserIsTheSame(User user) throws Exception {
        assumeNamespacesAreAllowed(user);
        String uid =
                user == User.PLAIN && isRoot() ? "65534" : Files.getAttribute(Path.of("/proc/self"), "unix:uid") + "";

        Ended ended = run(user, inside("shell", "ip -o addr show lo | grep -o 127.0.0.1; id -u"));

        assertThat(ended.out()).isEqualTo("127.0.0.1\n" + uid + "\n");
    }

    /** Where a JVM reads its container's limits; /sys is replaced for the sake of /sys/class/net. */
    @ParameterizedTest
    @MethodSource("dev.unikernel.network.namespace.NamespaceWrapperTest$User#possible")
    void controlGroupsStayVisible(User user) throws Exception {
        assumeNamespacesAreAllowed(user);
        assumeThat(Path.of("/sys/fs/cgroup")).isNotEmptyDirectory();

        Ended ended = run(user, inside("shell", "ls /sys/fs/cgroup | wc -l"));

        try (Stream<Path> groups = Files.list(Path.of("/sys/fs/cgroup"))) {
            assertThat(ended.out()).isEqualTo(groups.count() + "\n");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.unikernel.network.namespace.NamespaceWrapperTest$User#possible")
    void inputOutputAndExitCodePassThrough(User user) throws Exception {
        assumeNamespacesAreAllowed(user);

        assertThat(run(user, inside("exit", "42")).status()).isEqualTo(42);
        Process echo = start(user, Map.of(), inside("echo"));
        echo.getOutputStream().write("bytes\0\n".getBytes(StandardCharsets.UTF_8));
        echo.getOutputStream().close();
        assertThat(end(echo)).isEqualTo(new Ended(0, "bytes\0\n", ""));
    }

    @ParameterizedTest
    @CsvSource({"TERM,143", "INT,130", "HUP,129"})
    void signalReachesTheJvm(String signal, int status) throws Exception {
        for (User user : User.possible().toList()) {
            assumeNamespacesAreAllowed(user);
            Process process = startWaiting(user);

            signal(signal, process.pid());

            Ended ended = end(process);
            assertThat(ended.out()).as("%s", user).isEqualTo("hook ran\n");
            assertThat(ended.status()).as("%s", user).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @EnumSource(User.class)
    void killOfTheWrapperLeavesNoProcess(User user) throws Exception {
        assumeThat(User.possible()).contains(user);
        assumeNamespacesAreAllowed(user);
        Process process = startWaiting(user);
        List<ProcessHandle> family = process.descendants().toList();
        assertThat(family).hasSizeGreaterThanOrEqualTo(3);

        signal("KILL", process.pid());

        assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().atMost(Duration.ofSeconds(2)).until(() -> family.stream()
                .noneMatch(this::runs));
    }

    @Test
    void orphansOfTheTestsAreReaped() throws Exception {
        User user = User.possible().findFirst().orElseThrow();
        assumeNamespacesAreAllowed(user);
        String orphan = "sh -c 'sleep 0.1 & echo $!'";

        Ended ended = run(
                user,
                inside(
                        "shell",
                        "pid=$(" + orphan + " | head -n 1); while [ -d /proc/$pid ]; do sleep 0.05; done; echo gone"));

        assertThat(ended.out()).isEqualTo("gone\n");
    }

    @ParameterizedTest
    @MethodSource("dev.unikernel.network.namespace.NamespaceWrapperTest$User#possible")
    void refusedNamespaceIsOneLineWithTheRemedy(User user) throws Exception {
        List<String> command = isRoot() && user == User.ROOT
                ? command(List.of("setpriv", "--bounding-set", "-sys_admin"), inside("exit", "0"))
                : command(
                        user.command(),
                        List.of(
                                "unshare",
                                "--user",
                                "--map-root-user",
                                "sh",
                                "-c",
                                "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set -sys_admin \"$@\"",
                                "sh"),
                        inside("exit", "0"));
        assumeNamespacesAreAllowed(user);

        Ended ended = end(start(Map.of(), command));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .startsWith("unikernel-junit: no namespace for the test JVM (unshare: ")
                .hasLineCount(1);
    }

    @Test
    void oldUtilLinuxIsNamed() throws Exception {
        Path old = Files.createDirectory(folder.resolve("old"));
        script(
                old.resolve("unshare"),
                "[ \"$1\" = --version ] && echo 'unshare from util-linux 2.36.1' && exit\n"
                        + "echo \"unshare: unrecognized option '--keep-caps'\" >&2\nexit 1");

        Ended ended = run(
                User.possible().findFirst().orElseThrow(),
                Map.of("PATH", old + ":" + System.getenv("PATH")),
                inside("exit", "0"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("util-linux 2.38 or newer is needed, this is unshare from util-linux 2.36.1")
                .hasLineCount(1);
    }

    @Test
    void forbiddenTunDeviceIsNamed() throws Exception {
        assumeThat(isRoot()).as("only root can hide a device").isTrue();
        assumeNamespacesAreAllowed(User.ROOT);
        Path forbidden = Files.createFile(
                folder.resolve("tun"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));

        Ended ended = end(start(
                Map.of(),
                command(
                        List.of(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                "mount --bind " + forbidden + " /dev/net/tun && exec \"$@\"",
                                "sh"),
                        User.PLAIN.command(),
                        inside("exit", "0"))));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("/dev/net/tun").contains("chmod 666").hasLineCount(1);
    }

    @Test
    void debuggerThatWouldBeWaitedForIsRefused() throws Exception {
        Ended ended = run(
                User.possible().findFirst().orElseThrow(),
                command(
                        List.of(wrapper.toString(), "-agentlib:jdwp=transport=dt_socket,server=y,address=5005"),
                        List.of("-version")));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("debugger").hasLineCount(1);
    }

    /** Surefire would listen for ever: it is refused, and its socket is let go. */
    @Test
    void parentOnTheNetworkIsRefusedAndReleased() throws Exception {
        Files.createDirectory(folder.resolve("surefire"));
        try (ServerSocket maven = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            maven.setSoTimeout(10_000);
            Files.writeString(
                    folder.resolve("surefire/settings"),
                    "forkNodeConnectionString=tcp\\://127.0.0.1\\:" + maven.getLocalPort() + "?sessionId\\=0815\n");
            String surefire = folder.resolve("surefire").toString();

            Ended ended = run(
                    User.possible().findFirst().orElseThrow(),
                    List.of(wrapper.toString(), "-jar", "booter.jar", surefire, "run1", "settings", "properties"));

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.err()).contains("SurefireForkNodeFactory").hasLineCount(1);
            maven.accept().close();
        }
    }

    @Test
    void wrapperDoesNotTakeItselfForTheRealJava() throws Exception {
        Map<String, String> environment = Map.of("UNIKERNEL_JAVA", wrapper.toString());

        Ended ended = run(User.possible().findFirst().orElseThrow(), environment, inside("exit", "0"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err())
                .contains("UNIKERNEL_JAVA names no other java: " + wrapper)
                .hasLineCount(1);
    }

    /** As Surefire has it: JAVA_HOME is where the wrapper is. The JVM that asks is this one. */
    @Test
    void javaOfTheAskingJvmIsTakenWhereJavaHomeIsTheWrappers() throws Exception {
        User user = User.possible().findFirst().orElseThrow();
        assumeNamespacesAreAllowed(user);
        Map<String, String> environment = Map.of("JAVA_HOME", folder.toString());

        Ended ended = run(user, environment, inside("shell", "readlink /proc/$PPID/exe; echo $JAVA_HOME"));

        String home = Path.of(System.getProperty("java.home")).toRealPath().toString();
        assertThat(ended.out()).isEqualTo(home + "/bin/java\n" + home + "\n");
    }

    private List<String> inside(String... arguments) {
        return command(
                List.of(wrapper.toString(), "-cp", folder.resolve("classes").toString(), InsideMain.class.getName()),
                Arrays.asList(arguments));
    }

    @BeforeEach
    void makeClassesReadable() throws IOException {
        String name = InsideMain.class.getName().replace('.', '/') + ".class";
        Path copy = folder.resolve("classes").resolve(name);
        Files.createDirectories(copy.getParent());
        try (var bytes = InsideMain.class.getClassLoader().getResourceAsStream(name)) {
            Files.copy(bytes, copy);
        }
    }

    private Process startWaiting(User user) throws IOException {
        // A shell that runs something in the background lets it ignore INT; a JVM's child does not inherit that.
        Process process = start(user, Map.of(), inside("wait"));
        BufferedReader reader = process.inputReader();
        assertThat(reader.readLine()).isEqualTo("waiting");
        return process;
    }

    private Ended run(User user, List<String> command) throws IOException, InterruptedException {
        return run(user, Map.of(), command);
    }

    private Ended run(User user, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        return end(start(user, environment, command));
    }

    private Process start(User user, Map<String, String> environment, List<String> command) throws IOException {
        return start(environment, command(user.command(), command));
    }

    private Process start(Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static Ended end(Process process) throws IOException, InterruptedException {
        StringBuilder out = new StringBuilder();
        process.inputReader().lines().forEach(line -> out.append(line).append('\n'));
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("it ends").isTrue();
        return new Ended(process.exitValue(), out.toString(), err);
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** A dead process whom nobody reaps yet is not running. */
    private boolean runs(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException gone) {
            return false;
        }
    }

    private static void script(Path path, String text) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void assumeNamespacesAreAllowed(User user) throws IOException, InterruptedException {
        List<String> probe = user == User.ROOT
                ? List.of("unshare", "--net", "--mount", "true")
                : List.of("unshare", "--user", "--map-current-user", "--net", "true");
        assumeThat(new ProcessBuilder(command(user.command(), probe)).start().waitFor())
                .as("this machine allows namespaces to %s", user)
                .isZero();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // JDK 25 sees a danger in what only reads
    private static List<String> command(List<String>... parts) {
        return Arrays.stream(parts).flatMap(List::stream).toList();
    }
}
