package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhcpCaptureTest {

    private static final int HEADER = 24;

    @TempDir
    Path folder;

    private final DhcpCapture capture = new DhcpCapture();

    @Test
    void theFileIsAnEthernetCapture() throws IOException {
        capture.writeBeside(serialLog());

        ByteBuffer header = content();
        assertThat(header.remaining()).isEqualTo(HEADER);
        assertThat(header.getInt()).isEqualTo(0xa1b2c3d4);
        assertThat(header.getShort()).isEqualTo((short) 2);
        assertThat(header.getShort()).isEqualTo((short) 4);
        assertThat(header.getLong()).isZero();
        assertThat(header.getInt()).isEqualTo(65_535);
        assertThat(header.getInt()).isEqualTo(1);
    }

    @Test
    void whatPassesBeforeAndAfterTheFileBeginsIsInItAtOnce() throws IOException {
        Instant before = Instant.now();
        capture.add(frame(3, 60));
        capture.writeBeside(serialLog());
        capture.add(frame(4, 1));

        ByteBuffer content = content().position(HEADER);
        Instant at = Instant.ofEpochSecond(content.getInt()).plusNanos(content.getInt() * 1000L);
        assertThat(at).isBetween(before.minusNanos(1000), Instant.now());
        assertThat(content.getInt()).isEqualTo(60);
        assertThat(content.getInt()).isEqualTo(60);
        assertThat(content.get()).isEqualTo((byte) 3);
        content.position(content.position() + 59 + 8);
        assertThat(content.getLong()).isEqualTo(1L << 32 | 1);
        assertThat(content.get()).isEqualTo((byte) 4);
        assertThat(content.hasRemaining()).isFalse();
    }

    @Test
    void theBufferOfWhoAddsStaysAsItIs() {
        ByteBuffer frame = frame(1, 10).position(4);

        capture.add(frame);

        assertThat(frame.position()).isEqualTo(4);
        assertThat(frame.limit()).isEqualTo(10);
    }

    @Test
    void notMoreThanTheFirst64AreHeldBack() throws IOException {
        for (int number = 0; number < 100; number++) {
            capture.add(frame(number, 1));
        }
        capture.writeBeside(serialLog());

        assertThat(content().remaining()).isEqualTo(HEADER + 64 * 17);
    }

    @Test
    void aGuestThatAsksForEverDoesNotFillTheDisk() throws IOException {
        capture.writeBeside(serialLog());
        for (int number = 0; number < 100; number++) {
            capture.add(frame(number, 60_000));
        }

        assertThat(Files.size(folder.resolve("dhcp.pcap"))).isBetween(4_000_000L, 4L * 1024 * 1024);
    }

    @Test
    void anOldFileIsReplaced() throws IOException {
        Files.write(folder.resolve("dhcp.pcap"), new byte[1000]);

        capture.writeBeside(serialLog());

        assertThat(content().remaining()).isEqualTo(HEADER);
    }

    @Test
    void aFileThatCannotBeWrittenDisturbsNobody() {
        capture.add(frame(1, 10));
        capture.writeBeside(folder.resolve("missing/serial.log"));
        capture.add(frame(1, 10));
        capture.close();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void nothingIsWrittenAfterTheEnd() throws IOException {
        capture.writeBeside(serialLog());
        capture.close();
        capture.close();
        capture.add(frame(1, 10));

        assertThat(content().remaining()).isEqualTo(HEADER);
    }

    @Test
    void whereNothingIsAskedForNoFileIsMade() {
        DhcpCapture none = DhcpCapture.none();
        none.add(frame(1, 10));
        none.writeBeside(serialLog());

        assertThat(folder).isEmptyDirectory();
    }

    private Path serialLog() {
        return folder.resolve("serial.log");
    }

    private ByteBuffer content() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(folder.resolve("dhcp.pcap")));
    }

    private static ByteBuffer frame(int first, int length) {
        return ByteBuffer.allocate(length).put(0, (byte) first);
    }
}
