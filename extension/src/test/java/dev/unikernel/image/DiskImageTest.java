package dev.unikernel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unikernel.image.DiskImage.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskImageTest {

    private static final String EXPECTED = ". Expected is a raw disk image, made of whole sectors of 512 bytes. ";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1024, 0, 00, RAW",
        "1024, 510, 55aa, RAW",
        "1024, 0, 636f6e66, RAW",
        "1024, 0, 514649fb, QCOW2",
        "1025, 0, 514649fb, QCOW2",
        "1024, 0, 7668647866696c65, VHDX",
        "1024, 0, 4b444d56, VMDK",
        "1024, 0, 636f6e6563746978, VHD",
        "1024, 512, 636f6e6563746978, VHD"
    })
    void formatIsKnownByItsMagic(int size, int offset, String bytes, Format format) throws IOException {
        Path file = file(size, offset, HexFormat.of().parseHex(bytes));

        assertThat(DiskImage.inspect(file)).isEqualTo(new DiskImage(file, size, format));
    }

    @Test
    void imageMayBeginWithText() throws IOException {
        Path file = file(512, 0, "settings: none\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(DiskImage.inspect(file).format()).isEqualTo(Format.RAW);
    }

    @ParameterizedTest
    @CsvSource({"514649fb, qcow2, qcow2", "636f6e6563746978, vhd, vpc", "7668647866696c65, vhdx, vhdx"})
    void otherFormatsSayHowToConvertThem(String bytes, String name, String forQemu) throws IOException {
        Path file = file(1024, 0, HexFormat.of().parseHex(bytes));
        DiskImage image = DiskImage.inspect(file);

        assertThatThrownBy(image::requireRaw)
                .isInstanceOf(ImageException.class)
                .hasMessage("The image " + file + " is a " + name + " disk image. Expected is a raw disk image. Convert"
                        + " it: qemu-img convert -f " + forQemu + " -O raw " + file + " disk.raw.");
    }

    @Test
    void rawImageIsRaw() throws IOException {
        DiskImage image = DiskImage.inspect(file(512, 0, new byte[1]));

        assertThatCode(image::requireRaw).doesNotThrowAnyException();
    }

    @Test
    void whatIsNotThereIsRefused() throws IOException {
        assertRefused(
                folder.resolve("none.img"),
                "does not exist",
                "Correct the path or build it first; what exists of it is " + folder + ".");
        assertRefused(folder, "is a folder", "Name the file in it.");
        assertRefused(Files.createFile(folder.resolve("empty.img")), "is empty", "Build or fetch it again.");
    }

    @Test
    void forbiddenImageSaysWhoseItIs() throws IOException {
        // Root may read whatever has been forbidden by chmod. The files of sysfs keep their word to root, too.
        Path writeOnly = Path.of("/sys/bus/platform/drivers_probe");
        assumeThat(writeOnly).exists();

        assertRefused(
                writeOnly,
                "may not be read by " + System.getProperty("user.name") + " (it belongs to " + owners(writeOnly)
                        + ", -w-------)",
                "Give the user the right to read it and to pass its folders.");
    }

    @ParameterizedTest
    @CsvSource({"1", "511", "513", "1535"})
    void imageWithPartOfASectorIsRefused(int size) throws IOException {
        assertRefused(
                file(size, 0, new byte[1]),
                "has " + size + " bytes, which is no multiple of 512: its last sector is incomplete",
                "Build or fetch it again.");
    }

    @Test
    void kernelThatIsNamedAsTheImageIsRefused() throws IOException {
        String advice = "Name it as the kernel, and the image as the image.";
        Path elf = new ElfBuilder()
                .load(0x100000, 512)
                .notes(ElfBuilder.pvhNote(0x100000))
                .write(folder.resolve("elf"));
        assertRefused(elf, "is a kernel (an ELF file)", advice);

        byte[] linux = new byte[1024];
        linux[0x1fe] = 0x55;
        linux[0x1ff] = (byte) 0xaa;
        System.arraycopy("HdrS".getBytes(StandardCharsets.US_ASCII), 0, linux, 0x202, 4);
        assertRefused(file(1024, 0, linux), "is a kernel (a Linux bzImage)", advice);
    }

    @ParameterizedTest
    @CsvSource({"1f8b, gzip, gunzip", "28b52ffd, zstd, unzstd", "504b0304, zip, unzip"})
    void packedImageIsRefused(String bytes, String tool, String unpacker) throws IOException {
        assertRefused(
                file(1024, 0, HexFormat.of().parseHex(bytes)),
                "is a file packed with " + tool,
                "Unpack it first, with " + unpacker + ".");
    }

    private static void assertRefused(Path file, String found, String advice) {
        assertThatThrownBy(() -> DiskImage.inspect(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("The image " + file + " " + found + EXPECTED + advice);
    }

    private static String owners(Path file) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        return attributes.owner().getName() + ":" + attributes.group().getName();
    }

    private Path file(int size, int offset, byte[] bytes) throws IOException {
        byte[] content = new byte[size];
        System.arraycopy(bytes, 0, content, offset, bytes.length);
        return Files.write(folder.resolve("file.img"), content);
    }
}
