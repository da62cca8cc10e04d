package dev.unikernel.hypervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a hypervisor's binary is asked for its version.
 *
 * @param kind whose binary it should be
 * @param pattern found at the beginning of the first line of {@code --version}; groups 1 to 3 are the parts
 * @param example such a line, for messages
 * @param oldest the oldest version that can be driven
 * @param why what is wrong with older ones, as the end of a sentence
 */
public record VersionQuery(HypervisorKind kind, Pattern pattern, String example, Version oldest, String why) {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MOST = 4096;

    /** A program is asked once: QEMU takes 13 ms to answer, half of what all of our own work may take. */
    private static final Map<List<Object>, Version> ANSWERS = new ConcurrentHashMap<>();

    private static final int SHOWN = 120;

    /**
     * Runs {@code binary --version}.
     *
     * @throws HypervisorException if the binary is missing, cannot be run, is something else or too old
     */
    public Version ask(Path binary) {
        return ask(binary, LIMIT);
    }

    Version ask(Path binary, Duration limit) {
        Optional<List<Object>> asked = identity(binary);
        Version known = asked.map(ANSWERS::get).orElse(null);
        if (known != null) {
            return known;
        }
        Version version = askAnew(binary, limit);
        asked.ifPresent(a -> ANSWERS.put(a, version));
        return version;
    }

    private Version askAnew(Path binary, Duration limit) {
        String subject = kind.title() + " (" + binary + ")";
        if (!Files.isRegularFile(binary)) {
            throw new HypervisorException(
                    subject + (Files.exists(binary) ? " is not a file" : " does not exist"), howToName());
        }
        if (!Files.isExecutable(binary)) {
            throw new HypervisorException(subject + " is not executable", "chmod +x " + binary);
        }
        String output = run(binary, subject, limit);
        String firstLine = output.lines().findFirst().map(LogFile::visible).orElse("");
        Matcher match = pattern.matcher(firstLine);
        if (!match.lookingAt()) {
            throw new HypervisorException(
                    subject + " answered --version with " + quote(firstLine) + ", expected was something like '"
                            + example + "'",
                    howToName());
        }
        Version version = Version.of(match);
        if (!version.isAtLeast(oldest)) {
            throw new HypervisorException(
                    subject + " has version " + version + ", but at least " + oldest + " is needed: " + why,
                    "install a newer " + kind.title());
        }
        return version;
    }

    private String run(Path binary, String subject, Duration limit) {
        Process process;
        try {
            process = new ProcessBuilder(binary.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new HypervisorException(
                    subject + " cannot be run: " + e.getMessage(),
                    "is it a program for this machine? " + howToName(),
                    e);
        }
        try {
            process.getOutputStream().close();
            // Not read before the end: what fills the pipe is no version, and waits until the limit.
            if (!Patience.awaitEnd(process, limit)) {
                throw new HypervisorException(
                        subject + " did not end within " + limit.toSeconds() + " s of being asked for --version",
                        howToName());
            }
            return new String(process.getInputStream().readNBytes(MOST), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new HypervisorException(subject + " cannot be read: " + e.getMessage(), howToName(), e);
        } finally {
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private String howToName() {
        return "set unikernel." + (kind == HypervisorKind.QEMU ? "qemu" : "cloudHypervisor")
                + ".binary to the path of a binary of " + kind.title();
    }

    private static String quote(String line) {
        return line.isEmpty()
                ? "nothing"
                : "'" + (line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line) + "'";
    }

    /**
     * A binary as it is now; another version put in its place is another. No record, because Java links a record's
     * {@code hashCode} when it is first called, for 10 ms.
     */
    private Optional<List<Object>> identity(Path binary) {
        try {
            BasicFileAttributes file = Files.readAttributes(binary, BasicFileAttributes.class);
            return Optional.of(List.of(kind, binary, file.lastModifiedTime(), file.size()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
