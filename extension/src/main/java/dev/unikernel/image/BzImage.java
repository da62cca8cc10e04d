package dev.unikernel.image;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A compressed Linux kernel with its set-up header (Linux, Documentation/arch/x86/boot.rst).
 *
 * @param protocol the version of the boot protocol: 0x020f is 2.15
 * @param loadedHigh whether it is loaded at 1 MiB, as a bzImage is; if not, it is an old zImage
 */
public record BzImage(Path file, int protocol, boolean loadedHigh, long endAddress) implements KernelImage {

    private static final int BOOT_FLAG = 0x1fe;
    private static final int SETUP_SECTORS = 0x1f1;
    private static final int PAYLOAD_PARAGRAPHS = 0x1f4;
    private static final int HEADER_MAGIC = 0x202;
    private static final int PROTOCOL = 0x206;
    private static final int LOAD_FLAGS = 0x211;
    private static final int LOAD_ADDRESS = 0x214;
    private static final int PREFERRED_ADDRESS = 0x258;
    private static final int INIT_SIZE = 0x260;

    /** {@code "HdrS"}, read little-endian. */
    private static final int HDRS = 0x53726448;

    private static final int HEADER_END = 0x264;
    private static final int SECTOR = 512;

    /** The version in which {@code init_size} and {@code pref_address} came. */
    private static final int WITH_INIT_SIZE = 0x020a;

    /** The version in which the payload's size grew from two bytes to four. */
    private static final int WITH_LONG_SIZE = 0x0204;

    @Override
    public String describe() {
        return "Linux bzImage, boot protocol " + version(protocol);
    }

    @Override
    public void requireBootableBy(Loader loader) {
        if (loader == Loader.CLOUD_HYPERVISOR && !loadedHigh) {
            throw new ImageException("The kernel " + file + " is a Linux zImage, which is loaded below 1 MiB, and Cloud"
                    + " Hypervisor takes none. Expected is an ELF file with a PVH note, or a Linux bzImage. Build it"
                    + " with 'make bzImage'.");
        }
    }

    static boolean matches(ByteBuffer head) {
        return head.limit() >= HEADER_MAGIC + 4
                && Short.toUnsignedInt(head.getShort(BOOT_FLAG)) == 0xaa55
                && head.getInt(HEADER_MAGIC) == HDRS;
    }

    static BzImage read(ImageFile file) {
        file.require("its set-up header", 0, HEADER_END);
        ByteBuffer header = file.bytes(0, HEADER_END);
        int protocol = Short.toUnsignedInt(header.getShort(PROTOCOL));
        long paragraphs = protocol >= WITH_LONG_SIZE
                ? Integer.toUnsignedLong(header.getInt(PAYLOAD_PARAGRAPHS))
                : Short.toUnsignedLong(header.getShort(PAYLOAD_PARAGRAPHS));
        int sectors = Byte.toUnsignedInt(header.get(SETUP_SECTORS));
        // Zero means four, for the sake of very old kernels; the boot sector comes on top.
        long setup = (sectors == 0 ? 5 : sectors + 1L) * SECTOR;
        file.require("its compressed kernel", setup, paragraphs * 16);
        boolean loadedHigh = (header.get(LOAD_FLAGS) & 1) != 0;
        long loadAddress = Integer.toUnsignedLong(header.getInt(LOAD_ADDRESS));
        long end = loadAddress + file.size() - setup;
        if (protocol >= WITH_INIT_SIZE) {
            long preferred = header.getLong(PREFERRED_ADDRESS);
            long initSize = Integer.toUnsignedLong(header.getInt(INIT_SIZE));
            // Linux's decompressor never goes below the preferred address, relocatable or not (compressed/head_64.S).
            end = Math.max(end, Math.max(preferred, loadAddress) + initSize);
        }
        return new BzImage(file.path(), protocol, loadedHigh, end);
    }

    private static String version(int protocol) {
        return (protocol >> 8) + "." + String.format("%02d", protocol & 0xff);
    }
}
