package dev.unikernel.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

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

class KernelImageTest {

    private static final String EXPECTED = ". Expected is an ELF file with a PVH note, or a Linux bzImage. ";

    private static final String SWAPPED = "Name it as the image, and the kernel as the kernel.";

    @TempDir
    Path folder;

    @Test
    void missingKernelSaysHowFarThePathExists() {
        Path file = folder.resolve("none/kernel.img");

        assertRefused(
                file, "does not exist", "Correct the path or build it first; what exists of it is " + folder + ".");
    }

    @Test
    void pathThroughAFileIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file")).resolve("kernel.img");

        assertRefused(file, "cannot be read (Not a directory)", "Correct the path.");
    }

    @Test
    void folderIsRefused() {
        assertRefused(folder, "is a folder", "Name the file in it.");
    }

    @Test
    void deviceIsRefused() {
        assertRefused(Path.of("/dev/null"), "is no regular file", "Name a file.");
    }

    @Test
    void emptyKernelIsRefused() throws IOException {
        assertRefused(Files.createFile(folder.resolve("empty")), "is empty", "Build or fetch it again.");
    }

    @Test
    void forbiddenKernelSaysWhoseItIs() throws IOException {
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
    @CsvSource(delimiter = '|', textBlock = """
            0     | 1f8b0800         | a file packed with gzip                  | Unpack it first, with gunzip.
            0     | fd377a585a0000   | a file packed with xz                    | Unpack it first, with unxz.
            0     | 28b52ffd         | a file packed with zstd                  | Unpack it first, with unzstd.
            0     | 425a6839         | a file packed with bzip2                 | Unpack it first, with bunzip2.
            0     | 04224d18         | a file packed with lz4                   | Unpack it first, with unlz4.
            0     | 504b0304         | a file packed with zip                   | Unpack it first, with unzip.
            0     | 303730373031     | an initramfs (cpio archive)              | Name it as the initramfs, and the kernel as the kernel.
            0     | 4d5a9000         | a program for EFI or Windows             | Name the kernel's file.
            0     | cffaedfe         | a program for macOS                      | Name the kernel's file.
            0     | 00112233445566778899 | data of no known kind, beginning with the bytes 00 11 22 33 44 55 66 77 | Name the kernel's file.
            0     | ff               | data of no known kind, beginning with the bytes ff | Name the kernel's file.
            0     | 000000           | nothing but zeros                        | Build or fetch it again.
            """)
    void otherFilesAreRecognised(int offset, String bytes, String what, String advice) throws IOException {
        assertLooksLike(file(offset, HexFormat.of().parseHex(bytes)), what, advice);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0     | 514649fb00000003 | a qcow2 disk image
            0     | 636f6e6563746978 | a VHD disk image
            0     | 7668647866696c65 | a VHDX disk image
            0     | 4b444d5601000000 | a VMDK disk image
            512   | 4546492050415254 | a disk image with a GUID partition table
            32769 | 4344303031       | a CD image
            1080  | 53ef             | an ext file system
            0     | 68737173         | a SquashFS file system
            510   | 55aa             | a raw disk image (it has a boot sector)
            """)
    void imageThatIsNamedAsTheKernelIsRecognised(int offset, String bytes, String what) throws IOException {
        assertLooksLike(file(offset, HexFormat.of().parseHex(bytes)), what, SWAPPED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            #!/bin/sh       | a script         | Name the kernel's file.
            !<arch>         | a static library | Name the linked kernel.
            Hello, kernel.  | a text           | Name the kernel's file.
            """)
    void textsAreRecognised(String text, String what, String advice) throws IOException {
        assertLooksLike(file(0, (text + "\n").getBytes(StandardCharsets.US_ASCII)), what, advice);
    }

    private void assertLooksLike(Path file, String what, String advice) {
        assertRefused(file, "is no kernel: it looks like " + what, advice);
    }

    private static void assertRefused(Path file, String found, String advice) {
        assertThatThrownBy(() -> KernelImage.inspect(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + file + " " + found + EXPECTED + advice);
    }

    private static String owners(Path file) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
        return attributes.owner().getName() + ":" + attributes.group().getName();
    }

    private Path file(int offset, byte[] bytes) throws IOException {
        byte[] content = new byte[offset + bytes.length];
        System.arraycopy(bytes, 0, content, offset, bytes.length);
        return Files.write(folder.resolve("file"), content);
    }
}
