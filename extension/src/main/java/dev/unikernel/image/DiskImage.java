package dev.unikernel.image;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A guest's disk as a file.
 *
 * @param size in bytes
 */
public record DiskImage(Path file, long size, Format format) {

    private static final int SECTOR = 512;

    /** How the disk's sectors lie in the file. */
    public enum Format {
        RAW("raw"),
        QCOW2("qcow2"),
        VHD("vpc"),
        VHDX("vhdx"),
        VMDK("vmdk");

        private final String forQemu;

        Format(String forQemu) {
            this.forQemu = forQemu;
        }

        private static final int QCOW2_MAGIC = 0xfb494651; // "QFI\xfb", read little-endian, as all of these
        private static final int VMDK_MAGIC = 0x564d444b; // "KDMV"
        private static final long VHD_MAGIC = 0x78697463656e6f63L; // "conectix"
        private static final long VHDX_MAGIC = 0x656c696678646876L; // "vhdxfile"

        private static Format of(ByteBuffer head, long footer) {
            int first4 = head.getInt(0);
            long first8 = head.getLong(0);
            if (first4 == QCOW2_MAGIC) {
                return QCOW2;
            }
            if (first4 == VMDK_MAGIC) {
                return VMDK;
            }
            if (first8 == VHDX_MAGIC) {
                return VHDX;
            }
            // A VHD of fixed size is a raw disk with a sector behind it.
            return first8 == VHD_MAGIC || footer == VHD_MAGIC ? VHD : RAW;
        }
    }

    /**
     * Looks at an image's file.
     *
     * @throws ImageException if there is none, it cannot be read, is packed or a kernel, or a raw image is not made of
     *     whole sectors of 512 bytes
     */
    public static DiskImage inspect(Path path) {
        try (ImageFile file = ImageFile.open("image", path, "a raw disk image, made of whole sectors of 512 bytes")) {
            ByteBuffer head = file.head();
            if (ElfKernel.matches(head) || BzImage.matches(head)) {
                String kind = ElfKernel.matches(head) ? "an ELF file" : "a Linux bzImage";
                throw file.unexpected(
                        "is a kernel (" + kind + ")", "Name it as the kernel, and the image as the image.");
            }
            Optional<Appearance> packed = Appearance.packed(head);
            if (packed.isPresent()) {
                throw file.unexpected("is " + packed.get().what(), packed.get().adviceForKernel());
            }
            if (file.size() < SECTOR) {
                throw partOfASector(file);
            }
            Format format =
                    Format.of(head, file.bytes(file.size() - SECTOR, Long.BYTES).getLong(0));
            if (format == Format.RAW && file.size() % SECTOR != 0) {
                throw partOfASector(file);
            }
            return new DiskImage(path, file.size(), format);
        }
    }

    /**
     * Checks that the file holds the disk's sectors as they are: only that is told to the hypervisors.
     *
     * @throws ImageException if it does not
     */
    public void requireRaw() {
        if (format != Format.RAW) {
            throw new ImageException("The image " + file + " is a "
                    + format.name().toLowerCase(Locale.ROOT)
                    + " disk image. Expected is a raw disk image. Convert it: qemu-img convert -f " + format.forQemu
                    + " -O raw " + file + " disk.raw.");
        }
    }

    /**
     * Copies the image for a guest that may write to it. The original is only read. The copy is readable and writable by
     * this user alone (0600) and has holes where the original has only zeros, except in small images; where the file
     * system can share blocks between files (btrfs, XFS), it does.
     *
     * @param target where the copy is made; there must be no file yet
     * @return the copy
     * @throws ImageException if it cannot be made, or the thread is interrupted; nothing is left behind
     */
    public DiskImage privateCopy(Path target) {
        PrivateCopy.make(file, target);
        return new DiskImage(target, size, format);
    }

    private static ImageException partOfASector(ImageFile file) {
        return file.unexpected(
                "has " + file.size() + " bytes, which is no multiple of 512: its last sector is incomplete",
                "Build or fetch it again.");
    }
}
