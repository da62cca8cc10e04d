package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The lines of {@code /proc/self/status}, proc_pid_status(5). */
record ProcessStatus(List<String> lines) {

    static Path file(Surroundings surroundings) {
        return surroundings.proc().resolve("self/status");
    }

    /** As {@link #read}; without any line where it cannot be read. */
    static ProcessStatus of(Surroundings surroundings) {
        try {
            return read(surroundings);
        } catch (IOException e) {
            return new ProcessStatus(List.of());
        }
    }

    static ProcessStatus read(Surroundings surroundings) throws IOException {
        return new ProcessStatus(Files.readAllLines(file(surroundings)));
    }

    Optional<String> value(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .map(line -> line.substring(name.length() + 1).strip());
    }

    /**
     * Whether the effective set has a capability.
     *
     * @param capability its number in linux/capability.h
     * @throws NumberFormatException if the set is not one
     */
    boolean has(int capability) {
        return (Long.parseUnsignedLong(value("CapEff").orElse("0"), 16) & 1L << capability) != 0;
    }
}
