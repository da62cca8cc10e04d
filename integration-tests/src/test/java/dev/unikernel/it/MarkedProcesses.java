package dev.unikernel.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Processes that have a word in their environment or command line, wherever they hang in the tree of processes: children
 * inherit it, and a process that left its session, its parent and its folder has it still.
 */
final class MarkedProcesses {

    /** Where the number of a socket stands in each line of these tables. */
    private static final Map<String, Integer> TABLES =
            Map.of("tcp", 9, "tcp6", 9, "udp", 9, "udp6", 9, "raw", 9, "unix", 6, "packet", 8);

    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    private final String mark;

    MarkedProcesses(String mark) {
        this.mark = mark;
    }

    /** A process that was found. */
    record Marked(long pid, String program, String commandLine) {

        boolean destroyForcibly() {
            return ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false);
        }

        @Override
        public String toString() {
            return "process " + pid + ": " + commandLine;
        }
    }

    List<Marked> find() {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .flatMap(entry -> marked(entry).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one JVM among them; not the shells and tools that it may have been started through. */
    Marked jvm() {
        return find().stream()
                .filter(process -> process.program().equals("java"))
                .filter(process -> process.commandLine().contains(DoomedMain.class.getName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no JVM among " + find()));
    }

    /** The VMM that runs a guest among them: not the shell that becomes one, nor one that is asked for its version. */
    Optional<Marked> vmm() {
        return find().stream()
                .filter(process -> process.program().startsWith("qemu-system-")
                        || process.program().startsWith("cloud-hypervisor"))
                .filter(process -> process.commandLine().contains("-kernel "))
                .findFirst();
    }

    /** The numbers of the sockets that they hold. */
    Set<Long> sockets() {
        Set<Long> sockets = new HashSet<>();
        for (Marked process : find()) {
            try {
                sockets.addAll(sockets(Path.of("/proc/" + process.pid())));
            } catch (IOException e) {
                // It ended meanwhile, and its sockets with it.
            }
        }
        return sockets;
    }

    /** The numbers of the sockets that the process of a folder in {@code /proc} holds. */
    static Set<Long> sockets(Path process) throws IOException {
        Set<Long> sockets = new HashSet<>();
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            files.forEach(file -> {
                Matcher socket = SOCKET.matcher(target(file));
                if (socket.matches()) {
                    sockets.add(Long.valueOf(socket.group(1)));
                }
            });
        }
        return sockets;
    }

    /** The numbers of all sockets of this network namespace. */
    static Set<Long> openSockets() {
        Set<Long> sockets = new HashSet<>();
        TABLES.forEach((table, column) -> {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/net", table))) {
                lines.skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .forEach(words -> sockets.add(Long.valueOf(words[column])));
            } catch (NoSuchFileException e) {
                // Not in this kernel.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return sockets;
    }

    private Optional<Marked> marked(Path entry) {
        String commandLine = read(entry.resolve("cmdline")).replace('\0', ' ');
        // A process of another user keeps its environment to itself; then its command line must do.
        if (!commandLine.contains(mark) && !read(entry.resolve("environ")).contains(mark)) {
            return Optional.empty();
        }
        String program = target(entry.resolve("exe"));
        return Optional.of(new Marked(
                Long.parseLong(entry.getFileName().toString()),
                program.substring(program.lastIndexOf('/') + 1),
                commandLine));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
