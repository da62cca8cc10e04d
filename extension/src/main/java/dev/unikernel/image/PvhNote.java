package dev.unikernel.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The note by which a kernel tells where to enter it in 32-bit mode: name {@code Xen}, type 18
 * (XEN_ELFNOTE_PHYS32_ENTRY of Xen's elfnote.h), the address in its descriptor.
 *
 * @param entry the guest's physical address
 * @param place where the entry's 4 bytes are in the file
 */
record PvhNote(long entry, long place) {

    private static final int PHYS32_ENTRY = 18;

    /** {@code "Xen\0"}, read little-endian. */
    private static final int XEN = 0x006e6558;

    private static final int HEADER = 12;

    /** Far more than kernels have; a larger segment is no list of notes. */
    private static final int LARGEST = 1 << 20;

    /** The note, if the segment has one. */
    static Optional<PvhNote> find(ImageFile file, ElfHeader.Segment segment) {
        if (segment.fileSize() > LARGEST) {
            throw file.unexpected(
                    "is a broken ELF file: its notes have " + segment.fileSize()
                            + " bytes, where a few hundred are due",
                    "Build or fetch it again.");
        }
        ByteBuffer notes = file.bytes(segment.offset(), (int) segment.fileSize());
        long at = 0;
        while (at + HEADER <= notes.limit()) {
            long nameSize = Integer.toUnsignedLong(notes.getInt((int) at));
            long size = Integer.toUnsignedLong(notes.getInt((int) at + 4));
            int type = notes.getInt((int) at + 8);
            long descriptor = at + HEADER + aligned(nameSize);
            if (type == PHYS32_ENTRY
                    && nameSize == 4
                    && descriptor <= notes.limit()
                    && notes.getInt((int) at + HEADER) == XEN) {
                return Optional.of(new PvhNote(entry(file, notes, descriptor, size), segment.offset() + descriptor));
            }
            at = descriptor + aligned(size);
        }
        return Optional.empty();
    }

    private static long entry(ImageFile file, ByteBuffer notes, long descriptor, long size) {
        if (size < 4 || descriptor + 4 > notes.limit()) {
            throw file.unexpected(
                    "is a broken ELF file: its PVH note has " + size + " bytes, where the entry address needs 4",
                    "Build or fetch it again.");
        }
        return Integer.toUnsignedLong(notes.getInt((int) descriptor));
    }

    /** Names and descriptors are padded to 4 bytes, whatever p_align says; so does linux-loader take it. */
    private static long aligned(long size) {
        return (size + 3) & ~3L;
    }
}
