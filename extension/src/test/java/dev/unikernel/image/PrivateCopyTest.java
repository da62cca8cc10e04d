package dev.unikernel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unikernel.image.DiskImage.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateCopyTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    /** The smallest, both sides of what a process copies, and one that ends amid a block. */
    @ParameterizedTest
    @ValueSource(longs = {512, 16 * MIB, 16 * MIB + 512, 40 * MIB})
    void copyIsEqualAndPrivate(long size) throws IOException {
        Path original = image(size);
        Files.setPosixFilePermissions(original, PosixFilePermissions.fromString("r--r--r--"));
        Files.setLastModifiedTime(original, FileTime.from(Instant.EPOCH));
        Path target = folder.resolve("copy.img");

        DiskImage copy = DiskImage.inspect(original).privateCopy(target);

        assertThat(copy).isEqualTo(new DiskImage(target, size, Format.RAW));
        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-------");
        assertThat(Files.getLastModifiedTime(original)).isEqualTo(FileTime.from(Instant.EPOCH));
        Files.write(target, new byte[] {1, 2, 3});
        assertThat(original).hasSize(size);
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 16 * MIB, 16 * MIB + 512, 40 * MIB, 40 * MIB + 1})
    void copyByHandIsEqual(long size) throws IOException {
        Path original = image(size);
        Path target = Files.createFile(folder.resolve("copy.img"));

        PrivateCopy.byHand(original, target);

        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
    }

    @Test
    void processCopiesWhereItIsGnus() throws Exception {
        Path original = image(40 * MIB);
        Path target = Files.createFile(folder.resolve("copy.img"));
        assumeThat(output("cp", "--version")).contains("GNU");

        assertThat(PrivateCopy.byProcess(original, target)).isTrue();
        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
        assertThat(PrivateCopy.byProcess(folder.resolve("none"), target)).isFalse();
    }

    @Test
    void copyByHandReplacesWhatAProcessLeft() throws IOException {
        Path original = image(20 * MIB);
        Path target = Files.write(folder.resolve("copy.img"), new byte[(int) (21 * MIB)]);

        PrivateCopy.byHand(original, target);

        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
    }

    @Test
    void largeCopiesHaveHoles() throws IOException {
        Path original = image(512 * MIB);
        Path first = folder.resolve("copy.img");
        Path second = Files.createFile(folder.resolve("by-hand.img"));

        PrivateCopy.make(original, first);
        PrivateCopy.byHand(original, second);

        // 6 MiB are data, and a file system adds a little of its own.
        assertThat(blocks(first)).isBetween(6 * MIB, 8 * MIB);
        assertThat(blocks(second)).isBetween(6 * MIB, 8 * MIB);
    }

    @Test
    void whatIsThereIsNotOverwritten() throws IOException {
        DiskImage image = DiskImage.inspect(image(512));
        Path target = Files.writeString(folder.resolve("copy.img"), "precious");

        assertThatThrownBy(() -> image.privateCopy(target))
                .isInstanceOf(ImageException.class)
                .hasMessage(
                        "The image " + image.file() + " cannot be copied to " + target
                                + ": that exists already. Each guest that may write has a copy of its own. Look at the space and the rights there.");
        assertThat(target).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 20 * MIB})
    void nothingIsLeftIfTheImageIsGone(long size) throws IOException {
        DiskImage image = DiskImage.inspect(image(size));
        Path target = folder.resolve("copy.img");
        Files.delete(image.file());

        assertThatThrownBy(() -> image.privateCopy(target))
                .isInstanceOf(ImageException.class)
                .hasMessage("The image " + image.file() + " cannot be copied to " + target
                        + ": there is no " + image.file()
                        + ". Each guest that may write has a copy of its own. Look at the space and the rights there.");
        assertThat(target).doesNotExist();
    }

    @Test
    void fullDiskIsSaid() throws IOException {
        Path full = Path.of("/dev/full");
        DiskImage image = DiskImage.inspect(image(512));

        assertThatThrownBy(() -> PrivateCopy.byHand(image.file(), full))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 20 * MIB})
    void interruptEndsTheCopyAndIsKept(long size) throws IOException {
        DiskImage image = DiskImage.inspect(image(size));
        Path target = folder.resolve("copy.img");

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> image.privateCopy(target))
                    .isInstanceOf(ImageException.class)
                    .hasMessage("The copy of the image " + image.file() + " to " + target + " was interrupted.");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(target).doesNotExist();
    }

    /** An image with up to 3 MiB of random bytes at both ends and nothing but a hole between. */
    private Path image(long size) throws IOException {
        Path file = folder.resolve("original.img");
        byte[] bytes = new byte[(int) Math.min(size, 3 * MIB)];
        new Random(size).nextBytes(bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.write(ByteBuffer.wrap(bytes), size - bytes.length);
        }
        return file;
    }

    private static long blocks(Path file) throws IOException {
        String answer = output("du", "--block-size=1", file.toString());
        return Long.parseLong(answer.substring(0, answer.indexOf('\t')));
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
