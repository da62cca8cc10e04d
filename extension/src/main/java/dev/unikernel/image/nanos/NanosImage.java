package dev.unikernel.image.nanos;

import dev.unikernel.image.ImageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
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

    private static final int SECTOR = 512;
    private static final int TABLE = 0x1be;
    private static final int ENTRY_SIZE = 16;
    private static final int ENTRIES = 4;
    private static final int FIRST_SECTOR = 8;

    /** {@code "NVMTFS"}, with which a TFS log begins (Nanos' src/fs/tlog.c). */
    private static final byte[] TFS = {'N', 'V', 'M', 'T', 'F', 'S'};

    /**
     * Looks whether an image is one of Nanos.
     *
     * @throws ImageException if it cannot be read
     */
    public static Optional<NanosImage> recognise(Path file) {
        try (RandomAccessFile open = open(file, "r")) {
            if (open.length() < SECTOR) {
                return Optional.empty();
            }
            ByteBuffer sector = read(open, 0, SECTOR);
            long first = start(sector, 0);
            if (Short.toUnsignedInt(sector.getShort(SECTOR - 2)) != 0xaa55 || first < SECTOR + ExitRecord.SIZE) {
                return Optional.empty();
            }
            for (int partition = 0; partition < ENTRIES; partition++) {
                if (isTfs(open, start(sector, partition))) {
                    return Optional.of(new NanosImage(file, first - ExitRecord.SIZE));
                }
            }
            return Optional.empty();
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

    private static boolean isTfs(RandomAccessFile open, long start) throws IOException {
        return start > 0
                && start + TFS.length <= open.length()
                && Arrays.equals(read(open, start, TFS.length).array(), TFS);
    }

    private static long start(ByteBuffer sector, int partition) {
        return SECTOR * Integer.toUnsignedLong(sector.getInt(TABLE + partition * ENTRY_SIZE + FIRST_SECTOR));
    }

    private static RandomAccessFile open(Path file, String mode) throws IOException {
        return new RandomAccessFile(file.toFile(), mode);
    }

    private static ByteBuffer read(RandomAccessFile open, long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        open.seek(offset);
        open.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ImageException failure(Path file, String what, IOException e) {
        return new ImageException(
                "The image " + file + " cannot be " + what + ": " + e.getMessage()
                        + ". Expected is a raw disk image of Nanos. Look at its file system and its rights.",
                e);
    }
}
