package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Which VM was seen by which test in which JVM: written by the tests of a project in {@code src/it}, one line each. */
record BootJournal(List<Line> lines) {

    /**
     * @param jvm the process that ran the test
     * @param vmm the process that ran the guest
     * @param bootId what the guest itself said: differs from boot to boot
     * @param folder what the VM had beside its logs, for as long as it lived
     */
    record Line(String testClass, long jvm, long vmm, String bootId, Path folder) {

        static Line parse(String text) {
            String[] words = text.split(" ");
            return new Line(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]), words[3], Path.of(words[4]));
        }
    }

    static BootJournal read(Path file) {
        try {
            return new BootJournal(
                    Files.readAllLines(file).stream().map(Line::parse).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("no test noted its VM in " + file, e);
        }
    }

    List<String> bootIdsOf(String testClasses) {
        return of(testClasses).map(Line::bootId).toList();
    }

    List<Long> jvms() {
        return lines.stream().map(Line::jvm).distinct().toList();
    }

    /** Those classes shared one VM in each JVM, and no VM between JVMs. */
    void assertOneBootForEachJvm(String testClasses) {
        List<Long> jvms = of(testClasses).map(Line::jvm).distinct().toList();
        assertThat(jvms).isNotEmpty();
        assertThat(of(testClasses).map(line -> line.jvm() + " " + line.bootId()).distinct())
                .as("JVM and boot in %s", lines)
                .hasSameSizeAs(jvms);
        assertThat(bootIdsOf(testClasses).stream().distinct()).hasSameSizeAs(jvms);
    }

    /** VMM, guard and folder of each VM are gone, or go at once. */
    void assertNothingIsLeft() {
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.folder().getFileName().toString()).startsWith("unikernel-" + line.jvm() + "-");
            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(new MarkedProcesses(line.folder().toString()).find()).isEmpty();
                assertThat(line.folder()).doesNotExist();
            });
        });
    }

    private Stream<Line> of(String testClasses) {
        return lines.stream().filter(line -> line.testClass().matches(testClasses));
    }
}
