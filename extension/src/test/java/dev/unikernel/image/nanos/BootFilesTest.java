package dev.unikernel.image.nanos;

import static dev.unikernel.image.nanos.TfsImage.BOOT;
import static dev.unikernel.image.nanos.TfsImage.ROOT;
import static dev.unikernel.image.nanos.TfsImage.extent;
import static dev.unikernel.image.nanos.TfsImage.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.image.ImageException;
import dev.unikernel.image.nanos.TfsImage.Bytes;
import dev.unikernel.image.nanos.TfsImage.Encoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootFilesTest {

    private static final byte[] KERNEL = content(1300);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void kernelIsFoundInBothVersions(int version) throws IOException {
        TfsImage image = new TfsImage(version)
                .fileSystem(BOOT, boot(Map.of("kernel", file(1300, Map.of("0", extent(20, 3))))))
                .put(BOOT + 20 * 512, KERNEL);

        assertThat(extracted(image)).isEqualTo(KERNEL);
        assertThat(read(image).hasKlibs()).isFalse();
    }

    @Test
    void kernelInPiecesIsPutTogetherAndHolesAreZero() throws IOException {
        byte[] expected = KERNEL.clone();
        Arrays.fill(expected, 512, 1024, (byte) 0);
        TfsImage image = new TfsImage()
                .fileSystem(BOOT, boot(Map.of("kernel", file(1300, Map.of("2", extent(30, 8), "0", extent(40, 1))))))
                .put(BOOT + 40 * 512, Arrays.copyOf(KERNEL, 512))
                .put(BOOT + 30 * 512, Arrays.copyOfRange(KERNEL, 1024, 1300));

        assertThat(extracted(image)).isEqualTo(expected);
    }

    @Test
    void kernelBehindAnEfiPartitionIsFound() throws IOException {
        int second = BOOT + (16 << 10);
        TfsImage image = new TfsImage()
                .put(BOOT, new byte[512])
                .put(0x1be + 4, new byte[] {(byte) 0xef})
                .partition(1, second, ROOT - second)
                .partition(2, ROOT, TfsImage.SIZE - ROOT)
                .fileSystem(second, boot(Map.of("kernel", file(1300, Map.of("0", extent(20, 3))))))
                .put(second + 20 * 512, KERNEL);

        assertThat(extracted(image)).isEqualTo(KERNEL);
    }

    @Test
    void laterRecordsChangeTheKernel() throws IOException {
        Encoder encoder = new Encoder(5);
        byte[] before = encoder.value(Map.of("children", Map.of("other", "x")));
        // The root is the first that is mentioned, then the name and the tuple of its children.
        byte[] kernel = encoder.change(3, Map.of("kernel", file(1300, Map.of("0", extent(20, 3)))));
        byte[] deletion = encoder.change(3, Map.of("other", ""));
        TfsImage image = new TfsImage()
                .fileSystem(
                        BOOT,
                        new Bytes()
                                .number(2)
                                .number(before.length)
                                .number(before.length)
                                .bytes(before)
                                .number(4)
                                .number(2)
                                .number(kernel.length)
                                .number(5)
                                .bytes(Arrays.copyOf(kernel, 5))
                                .number(3)
                                .number(kernel.length - 5)
                                .bytes(Arrays.copyOfRange(kernel, 5, kernel.length))
                                .bytes(TfsImage.records(deletion))
                                .toByteArray())
                .put(BOOT + 20 * 512, KERNEL);

        assertThat(extracted(image)).isEqualTo(KERNEL);
    }

    @Test
    void otherValuesArePassedOver() throws IOException {
        TfsImage image = new TfsImage()
                .fileSystem(
                        BOOT,
                        Map.of(
                                "children",
                                Map.of("kernel", file(1300, Map.of("0", extent(20, 3)))),
                                "list",
                                List.of("a", 7, -300, Map.of("a", "b")),
                                "null",
                                "\0"))
                .put(BOOT + 20 * 512, KERNEL);

        assertThat(extracted(image)).isEqualTo(KERNEL);
    }

    @Test
    void imageWithoutAKernelHasNone() throws IOException {
        assertThat(read(new TfsImage()).kernel()).isEmpty();
    }

    @Test
    void klibsAreThoseBesideTheKernel() throws IOException {
        Map<String, ?> klib = Map.of("children", Map.of("tls", file(1, Map.of("0", extent(30, 1)))));

        assertThat(read(new TfsImage().fileSystem(BOOT, boot(Map.of("klib", klib))))
                        .hasKlibs())
                .isTrue();
        assertThat(read(new TfsImage().fileSystem(BOOT, boot(Map.of("klib", Map.of("children", Map.of())))))
                        .hasKlibs())
                .isFalse();
    }

    @Test
    void klibsAreThoseBesideTheProgramIfTheRootAsksForThem() throws IOException {
        Map<String, ?> files = Map.of("klib", Map.of("children", Map.of("tls", file(1, Map.of("0", extent(30, 1))))));

        assertThat(read(new TfsImage().fileSystem(ROOT, Map.of("children", files, "klibs", "rootfs")))
                        .hasKlibs())
                .isTrue();
        assertThat(read(new TfsImage().fileSystem(ROOT, Map.of("children", files)))
                        .hasKlibs())
                .isFalse();
    }

    @Test
    void sameKernelIsKnownByItsBytes() throws IOException {
        EmbeddedKernel kernel = read(withKernel()).kernel().orElseThrow();
        byte[] other = KERNEL.clone();
        other[1299]++;

        assertThat(kernel.isSameAs(Files.write(folder.resolve("same"), KERNEL))).isTrue();
        assertThat(kernel.isSameAs(Files.write(folder.resolve("other"), other))).isFalse();
        assertThat(kernel.isSameAs(Files.write(folder.resolve("longer"), Arrays.copyOf(KERNEL, 1301))))
                .isFalse();
        assertThatThrownBy(() -> kernel.isSameAs(folder.resolve("none"))).isInstanceOf(ImageException.class);
    }

    @Test
    void extractedKernelIsPrivateAndReplacesNothing() throws IOException {
        EmbeddedKernel kernel = read(withKernel()).kernel().orElseThrow();
        Path target = folder.resolve("kernel.img");

        kernel.copyTo(target);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> kernel.copyTo(target))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("cannot be copied to " + target);
    }

    @Test
    void kernelThatIsNoneIsSaidSo() throws IOException {
        EmbeddedKernel kernel = read(withKernel()).kernel().orElseThrow();

        assertThatThrownBy(kernel::inspect)
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("The kernel in the image " + folder.resolve("disk.img")
                        + " is no kernel: it looks like data of no known kind");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 40})
    void kernelOfAnImpossibleSizeIsRefused(long size) throws IOException {
        Map<String, ?> kernel = Map.of("filelength", Long.toString(size), "extents", Map.of("0", extent(20, 3)));
        TfsImage image = new TfsImage().fileSystem(BOOT, boot(Map.of("kernel", kernel)));

        assertThatThrownBy(() -> read(image))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("has a kernel of Nanos in it with " + size + " bytes");
    }

    @Test
    void kernelWithoutNumbersIsRefused() throws IOException {
        Map<String, ?> kernel = Map.of("filelength", "7", "extents", Map.of("x", extent(20, 3)));
        TfsImage image = new TfsImage().fileSystem(BOOT, boot(Map.of("kernel", kernel)));

        assertThatThrownBy(() -> read(image))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("has a directory of Nanos (TFS) that cannot be understood");
    }

    @Test
    void unknownVersionIsNamed() {
        assertBroken(new TfsImage().fileSystem(BOOT, new byte[0]).put(BOOT + 6, new byte[] {6}), "its version is 6");
    }

    @Test
    void brokenLogsAreSaidSo() {
        assertBroken(
                new TfsImage().fileSystem(BOOT, new byte[] {9}),
                "(java.lang.IllegalArgumentException: record of the kind 9)");
        assertBroken(new TfsImage().put(BOOT + 512, new byte[6]), "no 'NVMTFS'");
        assertBroken(
                new TfsImage()
                        .fileSystem(
                                BOOT,
                                new Bytes().number(5).number(999_999).number(8).toByteArray()),
                "it goes on at byte");
        assertBroken(
                new TfsImage()
                        .fileSystem(
                                BOOT, new Bytes().number(5).number(1).number(8).toByteArray()),
                "it goes on at byte");
        assertBroken(new TfsImage().fileSystem(BOOT, TfsImage.records(new byte[] {0x11, 0x50})), "IndexOutOfBounds");
        byte[] deep = new byte[3 * 100];
        for (int at = 0; at < deep.length; at += 3) {
            deep[at] = (byte) 0x91;
            deep[at + 1] = (byte) 0x81;
            deep[at + 2] = 'a';
        }
        assertBroken(new TfsImage().fileSystem(BOOT, TfsImage.records(deep)), "deeper than 64");
    }

    /** Whatever stands there, it is an answer or an ImageException, and it comes. */
    @Test
    void anyByteMayBeWrong() throws IOException {
        byte[] whole = Files.readAllBytes(withKernel().write(folder.resolve("disk.img")));
        Random random = new Random(7);
        for (int round = 0; round < 3000; round++) {
            byte[] changed = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                changed[BOOT + 6 + random.nextInt(700)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("disk.img"), changed);
            try {
                BootFiles.of(new NanosImage(file, BOOT - 4096)).kernel().ifPresent(kernel -> assertThat(kernel.size())
                        .isPositive());
            } catch (ImageException e) {
                assertThat(e).hasMessageStartingWith("The image " + file);
            }
        }
    }

    private void assertBroken(TfsImage image, String how) {
        assertThatThrownBy(() -> read(image))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("The image " + folder.resolve("disk.img")
                        + " has a file system of Nanos (TFS, at byte " + BOOT + ") that cannot be read: ")
                .hasMessageContaining(how)
                .hasMessageEndingWith(". Expected is a whole one of version 4 or 5. Build the image again.");
    }

    private TfsImage withKernel() {
        return new TfsImage()
                .fileSystem(BOOT, boot(Map.of("kernel", file(1300, Map.of("0", extent(20, 3))))))
                .put(BOOT + 20 * 512, KERNEL);
    }

    private byte[] extracted(TfsImage image) throws IOException {
        Path target = folder.resolve("kernel");
        read(image).kernel().orElseThrow().copyTo(target);
        return Files.readAllBytes(target);
    }

    private BootFiles read(TfsImage image) throws IOException {
        Path file = image.write(folder.resolve("disk.img"));
        return BootFiles.of(NanosImage.recognise(file).orElseThrow());
    }

    private static Map<String, ?> boot(Map<String, ?> files) {
        return Map.of("children", files);
    }

    private static byte[] content(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
