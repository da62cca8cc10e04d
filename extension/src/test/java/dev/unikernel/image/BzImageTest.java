package dev.unikernel.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BzImageTest {

    private static final int SIZE = 3 * 512 + 64;

    @TempDir
    Path folder;

    /** Two set-up sectors, the boot sector, and 4 paragraphs of compressed kernel. */
    private final ByteBuffer image = ByteBuffer.allocate(SIZE)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(0x1f1, (byte) 2)
            .putInt(0x1f4, 4)
            .putShort(0x1fe, (short) 0xaa55)
            .putInt(0x202, 0x53726448)
            .putShort(0x206, (short) 0x020f)
            .put(0x211, (byte) 1)
            .putInt(0x214, 0x100000)
            .putLong(0x258, 0x1000000)
            .putInt(0x260, 0x2000000);

    @Test
    void linuxKernelIsRead() throws IOException {
        KernelImage kernel = inspect(SIZE);

        assertThat(kernel).isEqualTo(new BzImage(kernel.file(), 0x020f, true, 0x3000000));
        assertThat(kernel.describe()).isEqualTo("Linux bzImage, boot protocol 2.15");
        for (Loader loader : Loader.values()) {
            assertThatCode(() -> kernel.requireBootableBy(loader)).doesNotThrowAnyException();
        }
    }

    @Test
    void kernelWithEfiStubIsRead() throws IOException {
        image.put(0, (byte) 'M').put(1, (byte) 'Z');

        assertThat(inspect(SIZE)).isInstanceOf(BzImage.class);
    }

    @Test
    void kernelOfAnOldProtocolEndsWhereItsFileEnds() throws IOException {
        image.putShort(0x206, (short) 0x0209);

        assertThat(inspect(SIZE).endAddress()).isEqualTo(0x100000 + 64);
    }

    @Test
    void sizeHadTwoBytesInOldProtocols() throws IOException {
        image.putShort(0x206, (short) 0x0203).putInt(0x1f4, 0x00010004);

        assertThat(inspect(SIZE).describe()).isEqualTo("Linux bzImage, boot protocol 2.03");
    }

    @Test
    void zeroSetUpSectorsMeanFour() throws IOException {
        image.put(0x1f1, (byte) 0);

        assertTruncated(SIZE, "its compressed kernel ends at byte 2624");
    }

    @Test
    void truncatedKernelIsRefused() throws IOException {
        assertTruncated(SIZE - 1, "its compressed kernel ends at byte 1600");
        assertTruncated(0x263, "its set-up header ends at byte 612");
    }

    @Test
    void zImageIsForQemuOnly() throws IOException {
        image.put(0x211, (byte) 0);
        KernelImage kernel = inspect(SIZE);

        assertThatCode(() -> kernel.requireBootableBy(Loader.QEMU)).doesNotThrowAnyException();
        assertThatThrownBy(() -> kernel.requireBootableBy(Loader.CLOUD_HYPERVISOR))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + kernel.file() + " is a Linux zImage, which is loaded below 1 MiB, and Cloud"
                        + " Hypervisor takes none. Expected is an ELF file with a PVH note, or a Linux bzImage. Build"
                        + " it with 'make bzImage'.");
    }

    private void assertTruncated(int size, String what) throws IOException {
        Path file = write(size);
        assertThatThrownBy(() -> KernelImage.inspect(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + file + " is truncated: it has " + size + " bytes, but " + what
                        + ". Expected is an ELF file with a PVH note, or a Linux bzImage. Build or fetch it again.");
    }

    private KernelImage inspect(int size) throws IOException {
        return KernelImage.inspect(write(size));
    }

    private Path write(int size) throws IOException {
        return Files.write(folder.resolve("bzImage"), Arrays.copyOf(image.array(), size));
    }
}
