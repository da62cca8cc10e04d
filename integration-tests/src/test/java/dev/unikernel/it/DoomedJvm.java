package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** A JVM that boots a guest, is killed with SIGKILL at a moment of the boot, and must leave nothing. */
final class DoomedJvm implements AutoCloseable {

    /** When the JVM is killed. */
    enum Moment {
        /** The VM has its private folder, but its VMM does not run yet, or just so. */
        FOLDER_MADE,
        /** The VMM runs; the guest has no address yet. */
        VMM_STARTED,
        /** The guest has answered. */
        READY
    }

    /** Everything must be gone by then. The processor of the emulated KVM host (kvm-host/run) gets ten times as long. */
    private static final Duration LIMIT = Duration.ofSeconds(System.getenv("KVM_HOST_OUT") == null ? 2 : 20);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Process process;
    private final MarkedProcesses marked;
    private final Set<String> interfacesBefore;

    private DoomedJvm(Path folder, Process process, MarkedProcesses marked, Set<String> interfacesBefore) {
        this.folder = folder;
        this.process = process;
        this.marked = marked;
        this.interfacesBefore = interfacesBefore;
    }

    /**
     * @param folder the JVM's own: its home, which receives its output and in which {@link #tmp} is
     * @param command what is before the options of {@code java}, and {@code java} itself
     * @param options what follows
     */
    static DoomedJvm start(Path folder, List<String> command, List<String> options) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        line.add("-Djava.io.tmpdir=" + tmp(folder));
        line.add("-Dunikernel.workDir=" + folder.resolve("logs"));
        line.addAll(options);
        MarkedProcesses marked = new MarkedProcesses(folder.toString());
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output(folder).toFile());
        builder.environment().put("HOME", folder.toString());
        Set<String> interfacesBefore = interfaces();
        return new DoomedJvm(folder, builder.start(), marked, interfacesBefore);
    }

    /** This JVM's own settings, as options. */
    static List<String> settings() {
        List<String> options = new ArrayList<>();
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("unikernel.") && !name.equals("unikernel.workDir"))
                .forEach(name -> options.add("-D" + name + "=" + System.getProperty(name)));
        return options;
    }

    /** This JVM's own class path, for any current folder. */
    static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Has a {@link DoomedMain} ask its guest, and returns what that answers. */
    String ask() {
        List<String> before = answers();
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(output(), e);
        }
        List<String> after = Awaitility.await("an answer")
                .atMost(PATIENCE)
                .failFast(this::assertRuns)
                .until(this::answers, answers -> answers.size() > before.size());
        return after.get(before.size());
    }

    /** Whole lines. */
    private List<String> answers() {
        String output = output();
        return output.substring(0, output.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(DoomedMain.ANSWER))
                .toList();
    }

    /** Kills the JVM itself. */
    void killAt(Moment moment) {
        await(moment);
        Set<Long> sockets = marked.sockets();
        assertThat(marked.jvm().destroyForcibly()).as("SIGKILL was sent").isTrue();
        assertNothingIsLeft(sockets);
    }

    /** Kills the process that was started, where that is not the JVM. */
    void killWrapperAt(Moment moment) {
        await(moment);
        assertThat(marked.jvm().pid()).isNotEqualTo(process.pid());
        Set<Long> sockets = marked.sockets();
        process.destroyForcibly();
        assertNothingIsLeft(sockets);
    }

    void await(Moment moment) {
        Awaitility.await(moment + " of the JVM that is to be killed")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .failFast(this::assertRuns)
                .until(() -> isReached(moment));
        assertThat(output().contains(DoomedMain.READY))
                .as("the guest was ready when the JVM was killed")
                .isEqualTo(moment == Moment.READY);
    }

    /** Waits until nothing is left, and says how long that took. */
    Duration assertNothingIsLeft(Set<Long> sockets) {
        return assertSoon("nothing is left", () -> assertThat(left(sockets)).isEmpty());
    }

    /** Waits until these processes have ended, and says how long that took. */
    Duration assertEnded(Set<Long> pids) {
        return assertSoon("processes have ended", () -> assertThat(processes())
                .filteredOn(process -> pids.contains(process.pid()))
                .isEmpty());
    }

    private static Duration assertSoon(String what, ThrowingRunnable assertion) {
        long start = System.nanoTime();
        Awaitility.await(what)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(assertion);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Of the process that was started. */
    long pid() {
        return process.pid();
    }

    List<MarkedProcesses.Marked> processes() {
        return marked.find();
    }

    Set<Long> sockets() {
        return marked.sockets();
    }

    /** Lets it read the end of its input, and waits until it has ended by itself. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended, having said: %s", output())
                .isTrue();
        assertThat(process.exitValue()).as(output()).isZero();
    }

    void assertRuns() {
        assertThat(process.isAlive()).as("is alive, having said: %s", output()).isTrue();
    }

    private boolean isReached(Moment moment) {
        return switch (moment) {
            case FOLDER_MADE -> !list(tmp(folder)).isEmpty();
            case VMM_STARTED -> marked.vmm().isPresent();
            case READY -> output().contains(DoomedMain.READY);
        };
    }

    private Set<String> left(Set<Long> sockets) {
        Set<String> left = new TreeSet<>();
        marked.find().forEach(process -> left.add(process.toString()));
        list(tmp(folder)).forEach(file -> left.add("file " + file));
        MarkedProcesses.openSockets().stream().filter(sockets::contains).forEach(inode -> left.add("socket " + inode));
        Set<String> added = interfaces();
        added.removeAll(interfacesBefore);
        added.forEach(name -> left.add("interface " + name));
        return left;
    }

    String output() {
        try {
            return Files.readString(output(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path output(Path folder) {
        return folder.resolve("output");
    }

    /** The only folder in which it may leave nothing: its {@code java.io.tmpdir}. */
    static Path tmp(Path folder) {
        return folder.resolve("tmp");
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> interfaces() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a failed test leaves is ended here, process by process. */
    @Override
    public void close() {
        process.destroyForcibly();
        marked.find().forEach(MarkedProcesses.Marked::destroyForcibly);
    }
}
