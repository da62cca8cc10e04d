package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

    @TempDir
    Path folder;

    @Test
    void missingFileHasNoRecords() {
        assertThat(new EventFile(folder.resolve("none"), "\n").next()).isEmpty();
    }

    @Test
    void recordIsReturnedOnceAndWhole() throws IOException {
        EventFile events = new EventFile(folder.resolve("events"), "\n\n");

        append("{\n 1\n}\n\n{\n 2");
        assertThat(events.next()).containsExactly("{\n 1\n}");
        assertThat(events.next()).isEmpty();

        append("\n}\n");
        assertThat(events.next()).isEmpty();

        append("\n{3}\n\n");
        assertThat(events.next()).containsExactly("{\n 2\n}", "{3}");
        assertThat(events.next()).isEmpty();
    }

    @Test
    void interruptedThreadCanRead() throws IOException {
        append("one\n");

        Thread.currentThread().interrupt();
        try {
            assertThat(new EventFile(folder.resolve("events"), "\n").next()).containsExactly("one");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private void append(String text) throws IOException {
        Files.writeString(folder.resolve("events"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
