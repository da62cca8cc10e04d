package dev.unikernel.hypervisor;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.host.ProgramPath;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one process beside this JVM that outlives it and removes what it leaves behind: VMMs, taps and folders.
 *
 * <p>It is a shell that reads a pipe held by this JVM. However the JVM ends, {@code kill -9} included, the kernel closes
 * the pipe; the guard then kills, deletes, and ends too. It ignores SIGINT, SIGTERM and SIGHUP and runs in a session of
 * its own, so that what ends a whole process group does not end it first. It holds no file of the JVM open but that
 * pipe: a build tool waits for the end of the output that its processes inherited.
 *
 * <p>Announce before creating and forget after removing: an entry whose thing does not exist does no harm. Safe for use
 * by several threads.
 */
public final class Guard {

    /** Something that is removed if this JVM ends without having closed this entry. */
    public interface Entry extends AutoCloseable {

        /** Says that the thing is gone. Idempotent; does not remove it. */
        @Override
        void close();
    }

    /** A tap device that is removed if this JVM ends without having closed this entry. */
    public interface TapEntry extends Entry {

        /** Says that the device was made, and its number: an interface of that name and another number is not ours. */
        void made(int index);
    }

    /** A file of the namespace wrapper: it deletes the folders that are named there when the namespace has ended. */
    private static final String FOLDERS_FOR_OUTSIDE = "UNIKERNEL_NAMESPACE_FOLDERS";

    private static final Guard OF_THIS_JVM = new Guard();

    /** What is announced and not forgotten, by number: a guard that was killed is replaced by one that knows it all. */
    private final Map<Long, String> entries = new LinkedHashMap<>();

    private long lastId;
    private @Nullable Process process;

    Guard() {}

    /** The guard of this JVM. Its process is started with the first entry. */
    public static Guard ofThisJvm() {
        return OF_THIS_JVM;
    }

    /**
     * Watches over a folder, which is removed with all that is in it.
     *
     * @param folder an absolute path of a folder that belongs to us alone; need not exist yet
     * @throws HypervisorException if the guard cannot be started
     */
    public Entry folder(Path folder) {
        if (!folder.isAbsolute() || folder.normalize().getNameCount() < 2) {
            throw new IllegalArgumentException("a guarded folder is deleted with its content, so its path must be"
                    + " absolute and at least two levels deep, but was: '" + folder + "'");
        }
        Entry entry = announce("folder", folder.normalize().toString());
        tellOutside(folder.normalize());
        return entry;
    }

    /** The guard is in the namespace that the wrapper made for this JVM; what ends that ends the guard, too. */
    private static void tellOutside(Path folder) {
        String file = System.getenv(FOLDERS_FOR_OUTSIDE);
        if (file == null) {
            return;
        }
        try {
            Files.writeString(Path.of(file), folder + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            log().log(
                            WARNING,
                            "the folder " + folder + " will stay if the namespace of this JVM is ended by force: " + e);
        }
    }

    /**
     * Watches over a tap device of this JVM's network namespace.
     *
     * @param name the device's name; need not exist yet
     * @throws HypervisorException if the guard cannot be started
     */
    public TapEntry tap(String name) {
        return new TapEntry() {
            private Entry entry = announce("tap", name);

            @Override
            public synchronized void made(int index) {
                Entry byName = entry;
                entry = announce("tap", name + " " + index);
                byName.close();
            }

            @Override
            public synchronized void close() {
                entry.close();
            }
        };
    }

    /** Watches over a process that was started by this JVM and is not reaped yet. */
    Entry process(long pid) {
        try {
            return announce("process", pid + " " + startTime(pid));
        } catch (IOException e) {
            throw new HypervisorException(
                    "the start time of process " + pid + " cannot be read from /proc", "is /proc mounted?", e);
        }
    }

    /** The pid of the guard's process, for tests; 0 if none was started. */
    synchronized long pid() {
        return process == null ? 0 : process.pid();
    }

    private synchronized Entry announce(String kind, String words) {
        if (words.indexOf('\n') >= 0 || words.isEmpty()) {
            throw new IllegalArgumentException("a guarded " + kind + " cannot be named '" + words + "'");
        }
        long id = ++lastId;
        String line = "+ " + id + " " + kind + " " + words;
        entries.put(id, line);
        try {
            say(line);
        } catch (IOException e) {
            entries.remove(id);
            throw new HypervisorException(
                    "the guard process, which removes VMs when this JVM is killed, cannot be started: "
                            + e.getMessage(),
                    "is there a POSIX shell 'sh' on the PATH?",
                    e);
        }
        return () -> forget(id);
    }

    private synchronized void forget(long id) {
        if (entries.remove(id) == null) {
            return;
        }
        try {
            say("- " + id);
        } catch (IOException e) {
            // Nothing is at risk: what would be removed is gone already.
            log().log(DEBUG, "the guard process is gone and could not be replaced", e);
        }
    }

    private void say(String line) throws IOException {
        if (process != null) {
            try {
                write(process, List.of(line));
                return;
            } catch (IOException e) {
                log().log(WARNING, "guard process " + process.pid() + " was killed; it is replaced");
            }
        }
        Process replacement = start();
        write(replacement, List.copyOf(entries.values()));
        process = replacement;
    }

    private static void write(Process guard, List<String> lines) throws IOException {
        OutputStream pipe = guard.getOutputStream();
        for (String line : lines) {
            pipe.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
        pipe.flush();
    }

    private static Process start() throws IOException {
        List<String> command = new ArrayList<>();
        ProgramPath.ofThisJvm().find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(List.of("sh", "-c", script(), "unikernel-guard"));
        return new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Fetched only when there is something to say: a JVM's first logger takes it some 15 ms. */
    private static System.Logger log() {
        return System.getLogger(Guard.class.getName());
    }

    private static String script() {
        try (InputStream script = Guard.class.getResourceAsStream("guard.sh")) {
            if (script == null) {
                throw new IllegalStateException("guard.sh is missing beside " + Guard.class.getName());
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Field 22 of /proc/PID/stat: with the pid it names a process for ever, as pids are used again. */
    private static String startTime(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
        // The second field is the program's name in parentheses, which may hold anything.
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
    }
}
