package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.IntStream;

/** Makes copies of a Nanos image whose program fails: all programs and libraries in it begin with other code. */
final class NanosPrograms {

    private static final int SECTOR = 512;
    private static final int ROOT_FIRST_SECTOR = 0x1ce + 8;
    private static final int ELF = 0x464c457f;
    private static final int HEADER = 64;
    private static final int PT_LOAD = 1;
    private static final int PT_INTERP = 3;
    private static final int PT_NOTE = 4;

    private NanosPrograms() {}

    /** A copy whose program begins with {@code code}. */
    static Path beginningWith(String code, Path image, Path target) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
        return changed(image, target, (disk, elf) -> {
            int entry = entry(disk, elf);
            if (entry > 0) {
                disk.put(elf + entry, bytes);
            }
        });
    }

    /** A copy whose program asks for an interpreter that is not there: named by the first bytes of its own file. */
    static Path withoutInterpreter(Path image, Path target) throws IOException {
        return changed(image, target, (disk, elf) -> {
            for (int header : headers(disk, elf)) {
                if (disk.getInt(header) == PT_INTERP || disk.getInt(header) == PT_NOTE) {
                    disk.putInt(header, PT_INTERP).putLong(header + 8, 0);
                }
            }
        });
    }

    private interface Change {
        void at(ByteBuffer disk, int elf);
    }

    /** Files begin at whole sectors; the small ones are in one piece, and so are the large ones of a fresh image. */
    private static Path changed(Path image, Path target, Change change) throws IOException {
        ByteBuffer disk = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        int programs = 0;
        for (int at = disk.getInt(ROOT_FIRST_SECTOR) * SECTOR; at + HEADER < disk.limit(); at += SECTOR) {
            if (disk.getInt(at) == ELF) {
                change.at(disk, at);
                programs++;
            }
        }
        assertThat(programs).as("programs in " + image).isPositive();
        return Files.write(target, disk.array());
    }

    /** Where the entry is in the file; 0 if there is none. */
    private static int entry(ByteBuffer disk, int elf) {
        long entry = disk.getLong(elf + 24);
        for (int header : headers(disk, elf)) {
            long start = entry - disk.getLong(header + 16);
            if (disk.getInt(header) == PT_LOAD && entry > 0 && start >= 0 && start < disk.getLong(header + 32)) {
                return (int) (disk.getLong(header + 8) + start);
            }
        }
        return 0;
    }

    private static int[] headers(ByteBuffer disk, int elf) {
        int table = elf + (int) disk.getLong(elf + 32);
        return IntStream.range(0, disk.getShort(elf + 56))
                .map(index -> table + 56 * index)
                .toArray();
    }
}
