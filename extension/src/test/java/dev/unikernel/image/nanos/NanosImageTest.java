package dev.unikernel.image.nanos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanosImageTest {

    /** As mkfs of Nanos makes it: the first partition begins at 0xce00. */
    private static final int FIRST = 0xce00;

    private static final int SECOND = FIRST + 0x1000;
    private static final int RECORD = FIRST - 4096;

    @TempDir
    Path folder;

    @Test
    void imageWithTfsIsRecognised() throws IOException {
        Path file = write(image());

        assertThat(NanosImage.recognise(file)).contains(new NanosImage(file, RECORD));
    }

    @Test
    void imageWithAnEfiPartitionInFrontIsRecognised() throws IOException {
        ByteBuffer image = image();
        image.put(FIRST, new byte[6]);
        Path file = write(image);

        assertThat(NanosImage.recognise(file)).contains(new NanosImage(file, RECORD));
    }

    @Test
    void otherImagesAreNot() throws IOException {
        ByteBuffer withoutTfs = image().put(FIRST, new byte[6]).put(SECOND, new byte[6]);
        ByteBuffer withoutSignature = image().putShort(510, (short) 0);
        ByteBuffer withoutPlace = image().putInt(0x1be + 8, 8);
        ByteBuffer beyondItsEnd = image().putInt(0x1be + 8, 0x7fffffff).putInt(0x1ce + 8, 0x7fffffff);

        assertThat(NanosImage.recognise(write(withoutTfs))).isEmpty();
        assertThat(NanosImage.recognise(write(withoutSignature))).isEmpty();
        assertThat(NanosImage.recognise(write(withoutPlace))).isEmpty();
        assertThat(NanosImage.recognise(write(beyondItsEnd))).isEmpty();
        assertThat(NanosImage.recognise(write(ByteBuffer.allocate(511)))).isEmpty();
        assertThat(NanosImage.recognise(write(ByteBuffer.allocate(1 << 16)))).isEmpty();
    }

    @Test
    void imageWhosePartitionsEndBehindItIsTruncated() throws IOException {
        Path whole = new TfsImage().write(folder.resolve("whole.img"));
        Path truncated = new TfsImage().write(folder.resolve("truncated.img"), TfsImage.SIZE - 512);

        assertThatCode(NanosImage.recognise(whole).orElseThrow()::requireComplete)
                .doesNotThrowAnyException();
        assertThatThrownBy(NanosImage.recognise(truncated).orElseThrow()::requireComplete)
                .isInstanceOf(ImageException.class)
                .hasMessage("The image " + truncated + " is truncated: it has " + (TfsImage.SIZE - 512)
                        + " bytes, but its partition 2 ends at byte " + TfsImage.SIZE
                        + ". Expected is a whole image of Nanos. Build or fetch it again.");
    }

    @Test
    void fileSystemWithoutAPartitionIsAVolume() throws IOException {
        assertThat(NanosImage.isVolume(Files.writeString(folder.resolve("volume.img"), "NVMTFS...")))
                .isTrue();
        assertThat(NanosImage.isVolume(write(image()))).isFalse();
        assertThat(NanosImage.isVolume(Files.writeString(folder.resolve("short.img"), "NVMTF")))
                .isFalse();
    }

    @Test
    void kernelOfNanosIsKnownByTheFileSystemThatItReads() throws IOException {
        assertThat(NanosKernel.isOne(Files.writeString(folder.resolve("nanos"), "\u007fELF...NVMTFS\0...")))
                .isTrue();
        assertThat(NanosKernel.isOne(Files.writeString(folder.resolve("other"), "\u007fELF...")))
                .isFalse();
    }

    @Test
    void recordIsRead() throws IOException {
        ByteBuffer image = image();
        record(image, 300, "[0.6] en1: assigned 10.0.2.15\nabout to exit\n");

        ExitRecord record = nanos(image).record().orElseThrow();

        assertThat(record.exitCode()).isEqualTo(300);
        assertThat(record.output()).isEqualTo("[0.6] en1: assigned 10.0.2.15\nabout to exit\n");
    }

    @Test
    void recordWithoutNulEndsWithItsPlace() throws IOException {
        ByteBuffer image = image();
        record(image, -1, "x".repeat(4080));

        ExitRecord record = nanos(image).record().orElseThrow();

        assertThat(record.exitCode()).isEqualTo(-1);
        assertThat(record.output()).hasSize(4080).doesNotContain("N");
    }

    @Test
    void lastLinesAreFitForMessages() {
        ExitRecord record = new ExitRecord(1, "one\n\ntwo\r\n \n\u001b[31mthree\n");

        assertThat(record.lastLines(2)).containsExactly("two", "?[31mthree");
        assertThat(record.lastLines(9)).containsExactly("one", "two", "?[31mthree");
    }

    @Test
    void imageWithoutRecordHasNone() throws IOException {
        assertThat(nanos(image()).record()).isEmpty();
    }

    @Test
    void clearingTakesTheRecordAndNothingElse() throws IOException {
        ByteBuffer image = image();
        Arrays.fill(image.array(), RECORD - 512, FIRST, (byte) 'x');
        record(image, 7, "old");
        NanosImage nanos = nanos(image);

        nanos.clearRecord();

        assertThat(nanos.record()).isEmpty();
        Arrays.fill(image.array(), RECORD, FIRST, (byte) 0);
        assertThat(nanos.file()).hasBinaryContent(image.array());
    }

    @Test
    void imageThatIsGoneIsSaidSo() throws IOException {
        NanosImage nanos = nanos(image());
        Files.delete(nanos.file());

        assertThatThrownBy(nanos::record)
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("The image " + nanos.file() + " cannot be read: ");
    }

    private NanosImage nanos(ByteBuffer image) throws IOException {
        return NanosImage.recognise(write(image)).orElseThrow();
    }

    private Path write(ByteBuffer image) throws IOException {
        return Files.write(folder.resolve("disk.img"), image.array());
    }

    private static ByteBuffer image() {
        ByteBuffer image = ByteBuffer.allocate(SECOND + 0x1000).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0x1be + 4, (byte) 0x83).putInt(0x1be + 8, FIRST / 512).putInt(0x1be + 12, 8);
        image.put(0x1ce + 4, (byte) 0x83).putInt(0x1ce + 8, SECOND / 512).putInt(0x1ce + 12, 8);
        image.putShort(510, (short) 0xaa55);
        byte[] magic = "NVMTFS".getBytes(StandardCharsets.US_ASCII);
        return image.put(FIRST, magic).put(SECOND, magic);
    }

    private static void record(ByteBuffer image, int exitCode, String text) {
        image.put(RECORD, "KLOG".getBytes(StandardCharsets.US_ASCII));
        image.putLong(RECORD + 4, 42).putInt(RECORD + 12, exitCode);
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        image.put(RECORD + 16, bytes, 0, Math.min(bytes.length, 4080));
    }
}
