package dev.unikernel.network.premade;

import dev.unikernel.network.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A file in which a DHCP server of this machine may write down its leases. */
record LeaseFile(LeaseFormat format, Path path) {

    private static final List<LeaseFile> STANDARD = List.of(
            new LeaseFile(LeaseFormat.DHCPD, Path.of("/var/lib/dhcp/dhcpd.leases")),
            new LeaseFile(LeaseFormat.DHCPD, Path.of("/var/lib/dhcpd/dhcpd.leases")),
            new LeaseFile(LeaseFormat.DNSMASQ, Path.of("/var/lib/misc/dnsmasq.leases")),
            new LeaseFile(LeaseFormat.KEA, Path.of("/var/lib/kea/kea-leases4.csv")));

    /** Those that the command lines of running servers name, then those of the usual places; only what can be read. */
    static List<LeaseFile> ofThisMachine() {
        return ofThisMachine(Path.of("/proc"));
    }

    static List<LeaseFile> ofThisMachine(Path proc) {
        Set<LeaseFile> files = new LinkedHashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                ofProcess(process).ifPresent(files::add);
            }
        } catch (IOException gone) {
            // The process ended while it was looked at.
        }
        files.addAll(STANDARD);
        return files.stream().filter(file -> Files.isReadable(file.path())).toList();
    }

    private static Optional<LeaseFile> ofProcess(Path process) {
        try {
            String[] words = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0", -1);
            String program = words[0].substring(words[0].lastIndexOf('/') + 1);
            return switch (program) {
                case "dhcpd" -> option(process, words, "-lf").map(path -> new LeaseFile(LeaseFormat.DHCPD, path));
                case "dnsmasq" ->
                    option(process, words, "--dhcp-leasefile", "-l")
                            .map(path -> new LeaseFile(LeaseFormat.DNSMASQ, path));
                case Kea.PROGRAM -> ofKea(option(process, words, "-c"));
                default -> Optional.empty();
            };
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Optional<LeaseFile> ofKea(Optional<Path> configuration) throws IOException {
        return configuration.isEmpty()
                ? Optional.empty()
                : Kea.leaseFile(configuration.get()).map(path -> new LeaseFile(LeaseFormat.KEA, path));
    }

    private static Optional<Path> option(Path process, String[] words, String... options) throws IOException {
        for (int at = 1; at < words.length; at++) {
            for (String option : options) {
                String value = words[at].startsWith(option + "=")
                        ? words[at].substring(option.length() + 1)
                        : words[at].equals(option) && at + 1 < words.length ? words[at + 1] : "";
                if (!value.isEmpty()) {
                    Path folder = value.startsWith("/") ? Path.of("/") : Files.readSymbolicLink(process.resolve("cwd"));
                    return Optional.of(folder.resolve(value));
                }
            }
        }
        return Optional.empty();
    }

    /** What it says of the guest now; nothing if it cannot be read any more. */
    List<Candidate> candidates(MacAddress mac) {
        try {
            String text = Files.readString(path, StandardCharsets.ISO_8859_1);
            return new ArrayList<>(format.read(text, mac, path.toString()));
        } catch (IOException gone) {
            return List.of();
        }
    }
}
