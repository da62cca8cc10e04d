package dev.unikernel.network;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds out, for an error message, who holds a port in this network namespace (proc(5)). */
public final class PortOwner {

    /** The tables of sockets under {@code /proc/net}. */
    public enum Protocol {
        TCP,
        UDP
    }

    private static final int LOCAL_ADDRESS = 1;
    private static final int UID = 7;
    private static final int INODE = 9;

    private PortOwner() {}

    /** The owner as far as it can be seen: {@code "dnsmasq (pid 812)"}, {@code "a process of user id 108"}. */
    public static String describe(Protocol protocol, int port) {
        return describe(Path.of("/proc"), protocol, port);
    }

    static String describe(Path proc, Protocol protocol, int port) {
        return row(proc, protocol, port)
                .map(row -> process(proc, row[INODE]).orElse("a process of user id " + row[UID]))
                .orElse("a process that cannot be seen from here");
    }

    private static Optional<String[]> row(Path proc, Protocol protocol, int port) {
        String suffix = String.format(":%04X", port);
        for (String table : List.of("", "6")) {
            Path file = proc.resolve("net/" + protocol.name().toLowerCase(Locale.ROOT) + table);
            try {
                for (String line : Files.readAllLines(file)) {
                    String[] columns = line.trim().split("\\s+");
                    if (columns.length > INODE && columns[LOCAL_ADDRESS].endsWith(suffix)) {
                        return Optional.of(columns);
                    }
                }
            } catch (IOException absent) {
                // No IPv6 here, or no /proc: then this table tells nothing.
            }
        }
        return Optional.empty();
    }

    private static Optional<String> process(Path proc, String inode) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, "socket:[" + inode + "]")) {
                    String name = Files.readString(process.resolve("comm")).trim();
                    return Optional.of(name + " (pid " + process.getFileName() + ")");
                }
            }
        } catch (IOException gone) {
            // The process ended while it was looked at.
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, String socket) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().equals(socket)) {
                    return true;
                }
            }
        } catch (IOException foreign) {
            // The process of another user, or one that has just ended.
        }
        return false;
    }
}
