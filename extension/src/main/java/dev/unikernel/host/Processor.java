package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the processor can do.
 *
 * @param virtualization {@code vmx} (Intel) or {@code svm} (AMD), if it has one
 */
record Processor(Optional<String> virtualization) {

    private static final List<String> FLAGS = List.of("vmx", "svm");

    static Processor of(Surroundings surroundings) {
        // The first processor's flags suffice, and the file has a block for each.
        try (Stream<String> lines = Files.lines(surroundings.proc().resolve("cpuinfo"))) {
            return new Processor(lines.filter(line -> line.matches("flags\\s*:.*"))
                    .findFirst()
                    .flatMap(line -> Arrays.stream(line.split("\\s+"))
                            .filter(FLAGS::contains)
                            .findFirst()));
        } catch (IOException e) {
            return new Processor(Optional.empty());
        }
    }
}
