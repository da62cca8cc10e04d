package dev.unikernel.hypervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process of a VMM, from its launch to its end. Safe for use by several threads.
 *
 * <p>Its output goes straight into files: a VMM whose output pipe is full stops its guest, and a pause of this JVM must
 * not be a pause of the guest.
 *
 * <p>The process begins as a shell that waits for one line and becomes the VMM on it. The line is sent after the guard
 * was told of the process; if this JVM dies before, the shell reads the end of its input and ends. So there is no moment
 * at which a VMM runs that the guard does not know of.
 */
public final class VmmProcess implements AutoCloseable {

    private static final String ON_A_LINE_BECOME = "read -r _ && exec \"$@\"";
    private static final Duration AFTER_SIGTERM = Duration.ofSeconds(2);
    private static final Duration AFTER_SIGKILL = Duration.ofSeconds(5);
    private static final Duration CHILD_APPEARS = Duration.ofSeconds(1);

    private final List<String> command;
    private final boolean entered;
    private final Process process;
    private final Guard.Entry guarded;
    private final long launchedAt;
    private @Nullable ProcessHandle vmm;

    private VmmProcess(List<String> command, boolean entered, Process process, Guard.Entry guarded, long launchedAt) {
        this.command = command;
        this.entered = entered;
        this.process = process;
        this.guarded = guarded;
        this.launchedAt = launchedAt;
    }

    /**
     * Starts {@code command} with nothing to read.
     *
     * @param command the binary and its arguments
     * @param output the file that receives its standard output, from the first byte
     * @param errors the file that receives its standard error
     * @throws HypervisorException if the process cannot be started; nothing is left behind
     */
    public static VmmProcess launch(List<String> command, Path output, Path errors) {
        return launch(List.of(), command, output, errors, null);
    }

    /**
     * As {@link #launch(List, Path, Path)}, but by a program that takes {@code command} to other namespaces, waits for it as
     * its child, and ends as that does: nsenter(1).
     *
     * @param enter that program with its arguments; empty for none
     */
    public static VmmProcess launch(List<String> enter, List<String> command, Path output, Path errors) {
        return launch(enter, command, output, errors, null);
    }

    /** As {@link #launch(List, List, Path, Path)}, but the process reads {@code words} and then waits for more. */
    public static VmmProcess launchTalking(
            List<String> enter, List<String> command, Path output, Path errors, String words) {
        return launch(enter, command, output, errors, words);
    }

    private static VmmProcess launch(
            List<String> enter, List<String> command, Path output, Path errors, @Nullable String words) {
        Process process = spawn(enter, command, output, errors, words != null);
        try {
            Guard.Entry guarded = Guard.ofThisJvm().process(process.pid());
            VmmProcess launched =
                    new VmmProcess(List.copyOf(command), !enter.isEmpty(), process, guarded, System.nanoTime());
            launched.begin(words, errors);
            return launched;
        } catch (HypervisorException e) {
            process.destroyForcibly();
            Patience.awaitEnd(process, AFTER_SIGKILL);
            throw e;
        }
    }

    /** Whether a command that does little ends with 0 within five seconds; what it says is lost. */
    public static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return Patience.awaitEnd(process, Patience.SHORT) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Process spawn(List<String> enter, List<String> command, Path output, Path errors, boolean talking) {
        List<String> line = new ArrayList<>();
        line.addAll(List.of("sh", "-c", talking ? ON_A_LINE_BECOME : ON_A_LINE_BECOME + " </dev/null"));
        line.add("unikernel-vmm");
        line.addAll(Spawner.deathSignal());
        if (!enter.isEmpty()) {
            line.addAll(enter);
            // Of the entering program's end, which is our hold on the VMM.
            line.addAll(Spawner.deathSignal());
        }
        line.addAll(command);
        try {
            return Spawner.start(
                    new ProcessBuilder(line).redirectOutput(output.toFile()).redirectError(errors.toFile()));
        } catch (IOException e) {
            throw new HypervisorException(
                    "the process of '" + command.get(0) + "' cannot be started: " + e.getMessage(),
                    "is there a POSIX shell 'sh' on the PATH, and is the folder " + output.getParent() + " writable?",
                    e);
        }
    }

    private void begin(@Nullable String words, Path errors) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(("\n" + (words == null ? "" : words)).getBytes(StandardCharsets.UTF_8));
            input.flush();
            if (words == null) {
                input.close();
            }
        } catch (IOException e) {
            guarded.close();
            throw new HypervisorException(
                    "the process of '" + command.get(0) + "' ended before it could be told to begin: " + e.getMessage(),
                    "see " + errors,
                    e);
        }
    }

    /** The VMM's process id as this JVM sees it. */
    public long pid() {
        return vmm().pid();
    }

    /** The VMM itself, which may be the child of the process that took it to its namespaces. */
    private synchronized ProcessHandle vmm() {
        if (vmm == null && entered) {
            Patience.await(() -> !process.isAlive() || child().isPresent(), CHILD_APPEARS);
            vmm = child().orElse(null);
        }
        return vmm == null ? process.toHandle() : vmm;
    }

    private Optional<ProcessHandle> child() {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/task/" + process.pid() + "/children"))
                    .lines()
                    .flatMap(pids -> Stream.of(pids.trim().split(" ")))
                    .findFirst()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /** The binary and its arguments, without what was put in front of them. */
    public List<String> command() {
        return command;
    }

    /** When the shell was told to become the VMM, on the clock of {@link System#nanoTime}. */
    public long launchedAt() {
        return launchedAt;
    }

    /** The exit code if the process has ended; 128 plus the signal's number if a signal ended it. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /**
     * Lets a process that was launched talking read {@code words}.
     *
     * @throws HypervisorException if it does not read any more
     */
    public void say(String words) {
        try {
            OutputStream input = process.getOutputStream();
            synchronized (input) {
                input.write(words.getBytes(StandardCharsets.UTF_8));
                input.flush();
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    "process " + pid() + " (" + command.get(0) + ") does not read any more: " + e.getMessage(),
                    "has it ended?",
                    e);
        }
    }

    /**
     * SIGKILL, five seconds. Idempotent; an interrupt is kept for later.
     *
     * @throws HypervisorException if the process outlives SIGKILL; names the pid
     */
    public void kill() {
        vmm().destroyForcibly();
        if (!Patience.awaitEnd(process, AFTER_SIGKILL)) {
            throw new HypervisorException(
                    "process " + pid() + " (" + command.get(0) + ") still runs " + AFTER_SIGKILL.toSeconds()
                            + " s after SIGKILL",
                    "look at /proc/" + pid()
                            + "/stack and at dmesg; a process in state D waits for a device or a file system");
        }
    }

    /**
     * SIGTERM, two seconds, SIGKILL, five seconds. Idempotent; an interrupt is kept for later.
     *
     * @throws HypervisorException if the process outlives SIGKILL; names the pid. The guard keeps it on its list.
     */
    @Override
    public void close() {
        vmm().destroy();
        if (!Patience.awaitEnd(process, AFTER_SIGTERM)) {
            kill();
        }
        guarded.close();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // Words that were not sent have no reader any more.
        }
    }
}
