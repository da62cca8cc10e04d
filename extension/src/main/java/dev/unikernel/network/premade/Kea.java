package dev.unikernel.network.premade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ISC's Kea, as far as it is unlike other servers: it opens an interface only while that has a carrier, which a tap has while
 * a VMM has it open, and it binds UDP port 67 without sharing it. Whoever listens there already keeps it from serving.
 */
final class Kea {

    static final String PROGRAM = "kea-dhcp4";

    private static final Pattern LEASE_FILE =
            Pattern.compile("\"lease-database\"\\s*:\\s*\\{[^}]*\"name\"\\s*:\\s*\"(/[^\"]+)\"");

    private Kea() {}

    /** Whether one runs in this network namespace, or in one that cannot be told. */
    static boolean runs(Path proc) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (isKea(process) && sharesNetwork(process, proc.resolve("self"))) {
                    return true;
                }
            }
            return false;
        } catch (IOException noProc) {
            return false;
        }
    }

    private static boolean isKea(Path process) {
        try {
            String program = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0", -1)[0];
            return program.substring(program.lastIndexOf('/') + 1).equals(PROGRAM);
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean sharesNetwork(Path process, Path self) {
        try {
            Path namespace = Path.of("ns", "net");
            return Files.readSymbolicLink(process.resolve(namespace))
                    .equals(Files.readSymbolicLink(self.resolve(namespace)));
        } catch (IOException anotherUsers) {
            return true;
        }
    }

    /** The lease file that a configuration names, if it does. */
    static Optional<Path> leaseFile(Path configuration) throws IOException {
        Matcher name = LEASE_FILE.matcher(Files.readString(configuration, StandardCharsets.ISO_8859_1));
        return name.find() ? Optional.of(Path.of(name.group(1))) : Optional.empty();
    }
}
