package dev.unikernel.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of a 64-bit little-endian ELF file for x86-64, with its program headers; each lies in the file.
 *
 * @param entry {@code e_entry}
 * @param tableOffset {@code e_phoff}: where the program headers begin in the file
 */
record ElfHeader(long entry, long tableOffset, List<Segment> segments) {

    /** {@code 0x7f 'E' 'L' 'F'}, read little-endian. */
    static final int MAGIC = 0x464c457f;

    static final int LOAD = 1;
    static final int INTERPRETER = 3;
    static final int NOTE = 4;

    static final int SEGMENT_SIZE = 56;

    private static final int SIZE = 64;
    private static final int X86_64 = 62;
    private static final String OTHER_BUILD = "Build it for x86-64, or name another file.";

    /** A program header, without what loaders do not look at. */
    record Segment(int type, long offset, long address, long fileSize, long memorySize) {

        private static final int LONGEST_TEXT = 4096; // PATH_MAX of Linux

        /** Its content as text, up to the first NUL. */
        String text(ImageFile file) {
            ByteBuffer bytes = file.bytes(offset, (int) Math.min(fileSize, LONGEST_TEXT));
            String text = StandardCharsets.ISO_8859_1.decode(bytes).toString();
            int end = text.indexOf('\0');
            return end < 0 ? text : text.substring(0, end);
        }
    }

    static ElfHeader read(ImageFile file) {
        file.require("its ELF header", 0, SIZE);
        ByteBuffer header = file.bytes(0, SIZE);
        requireKind(file, header);
        long tableOffset = header.getLong(32);
        int entrySize = Short.toUnsignedInt(header.getShort(54));
        int count = Short.toUnsignedInt(header.getShort(56));
        if (count > 0 && (entrySize != SEGMENT_SIZE || (tableOffset >= 0 && tableOffset < SIZE))) {
            throw file.unexpected(
                    "is a broken ELF file: its program headers have " + entrySize + " bytes each and begin at byte "
                            + tableOffset + ", where 56 bytes and a place behind the header are due",
                    "Build or fetch it again.");
        }
        file.require("its table of program headers", tableOffset, (long) count * SEGMENT_SIZE);
        ByteBuffer table = file.bytes(tableOffset, count * SEGMENT_SIZE);
        List<Segment> segments = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            segments.add(segment(file, table, index, count));
        }
        return new ElfHeader(header.getLong(24), tableOffset, List.copyOf(segments));
    }

    private static Segment segment(ImageFile file, ByteBuffer table, int index, int count) {
        int at = index * SEGMENT_SIZE;
        Segment segment = new Segment(
                table.getInt(at),
                table.getLong(at + 8),
                table.getLong(at + 24),
                table.getLong(at + 32),
                table.getLong(at + 40));
        if (segment.type() == LOAD || segment.type() == NOTE || segment.type() == INTERPRETER) {
            file.require("its segment " + (index + 1) + " of " + count, segment.offset(), segment.fileSize());
        }
        if (segment.type() == LOAD) {
            requirePlace(file, segment, index, count);
        }
        return segment;
    }

    private static void requirePlace(ImageFile file, Segment segment, int index, int count) {
        long end = segment.address() + segment.memorySize();
        if (segment.address() < 0 || segment.memorySize() < segment.fileSize() || end < segment.address()) {
            throw file.unexpected(
                    "is a broken ELF file: its segment " + (index + 1) + " of " + count + " is to take 0x"
                            + Long.toHexString(segment.memorySize()) + " bytes at the physical address 0x"
                            + Long.toHexString(segment.address()) + ", and has " + segment.fileSize()
                            + " in the file",
                    "Build or fetch it again.");
        }
    }

    private static void requireKind(ImageFile file, ByteBuffer header) {
        int machine = Short.toUnsignedInt(header.getShort(18));
        if (header.get(5) == 2) {
            throw file.unexpected("is a big-endian ELF file", OTHER_BUILD);
        }
        if (header.get(4) != 2) {
            throw file.unexpected("is a 32-bit ELF file for " + machine(machine), OTHER_BUILD);
        }
        if (machine != X86_64) {
            throw file.unexpected("is an ELF file for " + machine(machine), OTHER_BUILD);
        }
        int type = Short.toUnsignedInt(header.getShort(16));
        if (type != 2 && type != 3) {
            String what = type == 1 ? "an object file that is not linked yet" : "of the type " + type;
            throw file.unexpected("is an ELF file, but " + what, "Name the linked kernel.");
        }
    }

    /** The commonest of e_machine's values. */
    private static String machine(int machine) {
        return switch (machine) {
            case 3 -> "x86";
            case 40 -> "Arm";
            case X86_64 -> "x86-64";
            case 183 -> "AArch64";
            case 243 -> "RISC-V";
            default -> "another machine (e_machine " + machine + ")";
        };
    }
}
