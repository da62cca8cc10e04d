package dev.unikernel.image.nanos;

import dev.unikernel.image.ImageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A raw disk image that Nanos boots from: it has a partition table, and a partition with Nanos' own file system (TFS).
 *
 * <p>The 4 KiB before its first partition are for the record of how Nanos ended (its src/kernel/init.c, {@code
 * klog_disk_setup}). It is written on an exit code other than 0, a fatal signal, and when Nanos gives up; not on exit code
 * 0 and on a fault of the kernel. Nothing ever clears it.
 *
 * @param recordOffset where the record is, in bytes
 */
public record NanosImage(Path file, long recordOffset) {

    /**
     * Looks whether an image is one of Nanos.
     *
     * @throws ImageException if it cannot be read
     */
    public static Optional<NanosImage> recognise(Path file) {
        try (RandomAccessFile open = open(file, "r")) {
            Optional<PartitionTable> table = PartitionTable.read(open);
            return table.isPresent() && isNanos(table.get(), open)
                    ? Optional.of(new NanosImage(file, table.get().first().start() - ExitRecord.SIZE))
                    : Optional.empty();
        } catch (IOException e) {
            throw failure(file, "read", e);
        }
    }

    private static boolean isNanos(PartitionTable table, RandomAccessFile open) throws IOException {
        if (table.first().start() < PartitionTable.SECTOR + ExitRecord.SIZE) {
            return false;
        }
        for (PartitionTable.Partition partition : table.partitions()) {
            if (isTfs(open, partition.start())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks that all partitions lie in the image's file.
     *
     * @throws ImageException if it is truncated, or cannot be read
     */
    public void requireComplete() {
        try (RandomAccessFile open = open(file, "r")) {
            List<PartitionTable.Partition> partitions =
                    PartitionTable.read(open).map(PartitionTable::partitions).orElse(List.of());
            for (PartitionTable.Partition partition : partitions) {
                if (partition.end() > open.length()) {
                    throw new ImageException("The image " + file + " is truncated: it has " + open.length()
                            + " bytes, but its partition " + partition.number() + " ends at byte " + partition.end()
                            + ". Expected is a whole image of Nanos. Build or fetch it again.");
                }
            }
        } catch (IOException e) {
            throw failure(file, "read", e);
        }
    }

    /**
     * Whether an image is a volume of Nanos: a file system (TFS) alone, without a partition table. Nanos mounts such a disk;
     * as its only one it waits for another for ever.
     *
     * @throws ImageException if it cannot be read
     */
    public static boolean isVolume(Path file) {
        try (RandomAccessFile open = open(file, "r")) {
            return isTfs(open, 0);
        } catch (IOException e) {
            throw failure(file, "read", e);
        }
    }

    /**
     * Makes the image one without a record, so that a record that is there later is of the boot that follows.
     *
     * @throws ImageException if it cannot be written
     */
    public void clearRecord() {
        try (RandomAccessFile open = open(file, "rw")) {
            open.seek(recordOffset);
            open.write(new byte[ExitRecord.SIZE]);
        } catch (IOException e) {
            throw failure(file, "written", e);
        }
    }

    /**
     * The record, if Nanos has written one. May be called while Nanos runs; what is read while it writes may lack the end
     * of the text.
     *
     * @throws ImageException if the image cannot be read
     */
    public Optional<ExitRecord> record() {
        // Not through a channel, which an interrupt closes: a thread that is being stopped still wants to know.
        try (RandomAccessFile open = open(file, "r")) {
            return ExitRecord.parse(read(open, recordOffset, ExitRecord.SIZE));
        } catch (IOException e) {
            throw failure(file, "read", e);
        }
    }

    static boolean isTfs(RandomAccessFile open, long start) throws IOException {
        return start + TfsLog.MAGIC.length <= open.length()
                && Arrays.equals(read(open, start, TfsLog.MAGIC.length).array(), TfsLog.MAGIC);
    }

    static RandomAccessFile open(Path file, String mode) throws IOException {
        return new RandomAccessFile(file.toFile(), mode);
    }

    static ByteBuffer read(RandomAccessFile open, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        open.seek(offset);
        open.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ImageException failure(Path file, String what, IOException e) {
        return new ImageException(
                "The image " + file + " cannot be " + what + ": " + e.getMessage()
                        + ". Expected is a raw disk image of Nanos. Look at its file system and its rights.",
                e);
    }
}
