package dev.unikernel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unikernel.image.DiskImage.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
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

        PrivateCopy.byHand(original, target, silent());

        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
    }

    @Test
    void processCopiesWhereItIsGnus() throws Exception {
        Path original = image(40 * MIB);
        Path target = Files.createFile(folder.resolve("copy.img"));
        assumeThat(output("cp", "--version")).contains("GNU");

        assertThat(PrivateCopy.byProcess("cp", original, target, silent())).isTrue();
        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
        assertThat(PrivateCopy.byProcess("cp", folder.resolve("none"), target, silent()))
                .isFalse();
    }

    @Test
    void copyByHandReplacesWhatAProcessLeft() throws IOException {
        Path original = image(20 * MIB);
        Path target = Files.write(folder.resolve("copy.img"), new byte[(int) (21 * MIB)]);

        PrivateCopy.byHand(original, target, silent());

        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
    }

    @Test
    void largeCopiesHaveHoles() throws IOException {
        Path original = image(512 * MIB);
        Path first = folder.resolve("copy.img");
        Path second = Files.createFile(folder.resolve("by-hand.img"));

        PrivateCopy.make(original, first);
        PrivateCopy.byHand(original, second, silent());

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

        assertThatThrownBy(() -> PrivateCopy.byHand(image.file(), full, silent()))
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

    @Test
    void slowCopyByHandIsToldOf() throws IOException {
        Path original = image(40 * MIB);
        Path target = Files.createFile(folder.resolve("copy.img"));
        List<String> lines = new ArrayList<>();
        // Each look at the clock is half a second later than the one before, and each chunk of 256 KiB is a look.
        AtomicLong clock = new AtomicLong();
        CopyProgress progress = new CopyProgress(original, 40 * MIB, () -> clock.getAndAdd(500_000_000), lines::add);

        PrivateCopy.byHand(original, target, progress);
        progress.done();

        assertThat(lines)
                .hasSize(41)
                .startsWith("copying the image " + original + " for a VM: 1 of 40 MiB")
                .contains("copying the image " + original + " for a VM: 40 of 40 MiB")
                .endsWith("copied the image " + original + " in 80 s; where the file system can share blocks between"
                        + " files (btrfs, XFS), a copy takes no time");
    }

    @Test
    void slowCopyByAProcessIsToldOf() throws Exception {
        Path original = image(40 * MIB);
        Path target = Files.createFile(folder.resolve("copy.img"));
        Path goOn = folder.resolve("go-on");
        // Stands still after 10 MiB until somebody has said that.
        Path cp = Files.writeString(
                folder.resolve("cp"),
                "#!/bin/sh\nhead -c 10485760 \"$4\" >\"$5\"\nuntil [ -e '" + goOn
                        + "' ]; do sleep 0.01; done\ncat \"$4\" >\"$5\"\n");
        Files.setPosixFilePermissions(cp, PosixFilePermissions.fromString("rwx------"));
        AtomicLong clock = new AtomicLong();
        List<String> lines = new ArrayList<>();
        CopyProgress progress = new CopyProgress(original, 40 * MIB, () -> clock.addAndGet(2_000_000_000), line -> {
            lines.add(line);
            if (line.endsWith(": 10 of 40 MiB")) {
                touch(goOn);
            }
        });

        assertThat(PrivateCopy.byProcess(cp.toString(), original, target, progress))
                .isTrue();

        assertThat(lines).contains("copying the image " + original + " for a VM: 10 of 40 MiB");
        assertThat(Files.mismatch(original, target)).isEqualTo(-1);
    }

    @Test
    void sizesOfGibibytesAreSaidInThem() {
        List<String> lines = new ArrayList<>();
        AtomicLong clock = new AtomicLong();
        Path file = Path.of("web.img");
        CopyProgress progress = new CopyProgress(file, 4L << 30, clock::get, lines::add);

        progress.at(1L << 30);
        clock.set(1_999_999_999);
        progress.at(1L << 30);
        assertThat(lines).as("what takes less than 2 s").isEmpty();
        clock.set(2_000_000_000);
        progress.at(1_288_490_189);
        progress.at(2L << 30);

        assertThat(lines).containsExactly("copying the image web.img for a VM: 1.2 of 4.0 GiB");
    }

    @Test
    void quickCopyIsNotWorthAWord() {
        List<String> lines = new ArrayList<>();
        CopyProgress progress = new CopyProgress(Path.of("web.img"), MIB, () -> 0, lines::add);

        progress.at(MIB);
        progress.done();

        assertThat(lines).isEmpty();
    }

    private static void touch(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CopyProgress silent() {
        return new CopyProgress(Path.of("silent"), 0, () -> 0, line -> {
            throw new AssertionError(line);
        });
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
