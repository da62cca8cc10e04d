package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {

    @TempDir
    Path folder;

    private Path file;
    private LogFile log;

    @BeforeEach
    void setUp() {
        file = folder.resolve("serial.log");
        log = new LogFile(file);
    }

    @Test
    void missingFileIsEmpty() {
        assertThat(log.lastLines(30)).isEmpty();
        assertThat(log.firstMatch(Pattern.compile(""))).isEmpty();
        assertThat(log.tail()).isEmpty();
    }

    @Test
    void lastLinesIncludeTheUnfinishedOne() throws IOException {
        append("one\r\ntwo\n\nthree\nlogin: ");

        assertThat(log.lastLines(3)).containsExactly("", "three", "login: ");
        assertThat(log.lastLines(30)).containsExactly("one", "two", "", "three", "login: ");
    }

    @Test
    void controlCharactersAreMadeVisible() throws IOException {
        append("\u001b[0mBoot\tok\u0007\rX\u0000\u007f\u009b\n");

        assertThat(log.lastLines(1)).containsExactly("\\x1b[0mBoot\\tok\\x07\\rX\\x00\\x7f\\x9b");
    }

    @Test
    void lastMatchIsTheLastPlaceInTheLastLine() throws IOException {
        append("exit 1\nexit 2, no: exit 3\nexit x\n");
        Pattern pattern = Pattern.compile("exit (\\d+)");

        assertThat(log.lastMatch(pattern).orElseThrow().group(1)).isEqualTo("3");
        append("exit 4");
        assertThat(log.lastMatch(pattern).orElseThrow().group(1)).isEqualTo("4");
        assertThat(log.lastMatch(Pattern.compile("exits"))).isEmpty();
        assertThat(new LogFile(folder.resolve("none")).lastMatch(pattern)).isEmpty();
    }

    @Test
    void lastMatchSeesLinesAcrossItsReads() throws IOException {
        for (int before = 64 * 1024 - 10; before <= 64 * 1024 + 1; before++) {
            Files.writeString(
                    file, "x".repeat(100) + "\n" + "y".repeat(before - 102) + "\nexit 12\n" + "z\n".repeat(9));

            assertThat(log.lastMatch(Pattern.compile("^exit (\\d+)$"))
                            .orElseThrow()
                            .group(1))
                    .as("a line behind " + before + " bytes")
                    .isEqualTo("12");
        }
    }

    @Test
    void lastLinesOfALongFileAreWhole() throws IOException {
        append(String.join("\n", Collections.nCopies(20_000, "a line of some length")) + "\nlast\n");

        List<String> lines = log.lastLines(30);

        assertThat(lines).hasSize(30).endsWith("a line of some length", "last");
        assertThat(log.lastLines(1_000_000))
                .allMatch(line -> line.equals("last") || line.equals("a line of some length"));
    }

    @Test
    void endlessLineIsShownInPieces() throws IOException {
        append("x".repeat(200_000));

        assertThat(log.lastLines(2)).hasSize(2).allMatch(line -> line.length() <= LogFile.LONGEST_LINE);
    }

    @Test
    void matchIsFoundInTheUnfinishedLine() throws IOException {
        Pattern prompt = Pattern.compile("login:");
        append("booting\nlog");
        assertThat(log.firstMatch(prompt)).isEmpty();

        append("in: ");
        assertThat(log.firstMatch(prompt)).contains("login: ");
    }

    @Test
    void firstMatchStaysTheFirst() throws IOException {
        Pattern pattern = Pattern.compile("port (\\d+)");
        append("port 1\r\nport 2\n");

        assertThat(log.firstMatch(pattern)).contains("port 1");
        append("port 3\n");
        assertThat(log.firstMatch(pattern)).contains("port 1");
    }

    @Test
    void eachPatternHasASearchOfItsOwn() throws IOException {
        append("alpha\nbeta\n");
        assertThat(log.firstMatch(Pattern.compile("beta"))).contains("beta");
        assertThat(log.firstMatch(Pattern.compile("alpha"))).contains("alpha");
    }

    @Test
    void anchorsAreThoseOfALineWithoutItsEnd() throws IOException {
        append("x\r\n[1.0] en1: assigned 10.0.2.10\r\n");

        assertThat(log.firstMatch(Pattern.compile("^\\[.*10$"))).contains("[1.0] en1: assigned 10.0.2.10");
    }

    @Test
    void matchShowsControlCharactersAfterTheSearch() throws IOException {
        append("\u001b[31mpanic\n");

        assertThat(log.firstMatch(Pattern.compile("\u001b\\[31m"))).contains("\\x1b[31mpanic");
    }

    @Test
    void searchGoesThroughAFloodInPieces() throws IOException {
        Pattern last = Pattern.compile("^the end$");
        for (int i = 0; i < 10; i++) {
            append("y".repeat(60_000) + "\n" + "z".repeat(LogFile.LONGEST_LINE) + "\n");
            assertThat(log.firstMatch(last)).isEmpty();
        }
        append("the end\n");

        assertThat(log.firstMatch(last)).contains("the end");
    }

    @Test
    void bytesThatAreNoTextDoNoHarm() throws IOException {
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xc3, 'o', 'k', '\n'});

        assertThat(log.firstMatch(Pattern.compile("ok$"))).isPresent();
        assertThat(log.lastLines(1)).singleElement().asString().endsWith("ok");
    }

    @Test
    void interruptedThreadCanRead() throws IOException {
        append("one\n");

        Thread.currentThread().interrupt();
        try {
            assertThat(log.lastLines(1)).containsExactly("one");
            assertThat(log.firstMatch(Pattern.compile("one"))).isPresent();
            assertThat(log.tail()).isEqualTo("one\n");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private void append(String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
