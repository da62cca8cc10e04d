package dev.unikernel.image.nanos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The partition table in a disk's first sector, as Nanos reads it (its src/runtime/storage.h): an EFI system partition, if
 * there is one, then that of the kernel, then the root.
 *
 * @param partitions four, some of them with no sectors
 */
record PartitionTable(List<Partition> partitions) {

    static final int SECTOR = 512;

    private static final int TABLE = 0x1be;
    private static final int ENTRY_SIZE = 16;
    private static final int ENTRIES = 4;
    private static final int EFI = 0xef;

    /**
     * @param number from 1 on
     * @param start in bytes
     * @param size in bytes; 0 if the entry is not used
     */
    record Partition(int number, int type, long start, long size) {
        long end() {
            return start + size;
        }
    }

    PartitionTable {
        partitions = List.copyOf(partitions);
    }

    /** The table, if the sector has the signature of one. */
    static Optional<PartitionTable> read(RandomAccessFile disk) throws IOException {
        if (disk.length() < SECTOR) {
            return Optional.empty();
        }
        ByteBuffer sector = NanosImage.read(disk, 0, SECTOR);
        if (Short.toUnsignedInt(sector.getShort(SECTOR - 2)) != 0xaa55) {
            return Optional.empty();
        }
        List<Partition> partitions = new ArrayList<>();
        for (int index = 0; index < ENTRIES; index++) {
            int entry = TABLE + index * ENTRY_SIZE;
            partitions.add(new Partition(
                    index + 1,
                    Byte.toUnsignedInt(sector.get(entry + 4)),
                    SECTOR * Integer.toUnsignedLong(sector.getInt(entry + 8)),
                    SECTOR * Integer.toUnsignedLong(sector.getInt(entry + 12))));
        }
        return Optional.of(new PartitionTable(partitions));
    }

    Partition first() {
        return partitions.get(0);
    }

    /** With the kernel and its libraries. */
    Partition boot() {
        return partitions.get(first().type() == EFI ? 1 : 0);
    }

    /** With the program. */
    Partition root() {
        return partitions.get(first().type() == EFI ? 2 : 1);
    }
}
