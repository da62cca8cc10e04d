package dev.unikernel.image.nanos;

import dev.unikernel.image.ImageException;
import dev.unikernel.image.KernelImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;

/**
 * The kernel in an image of Nanos.
 *
 * @param image the image's file
 * @param size in bytes
 * @param extents where its bytes are; what lies in none is zero
 */
public record EmbeddedKernel(Path image, long size, List<Extent> extents) {

    /** Nanos' partition for it has 12 MiB. */
    private static final long LARGEST = 64 << 20;

    /**
     * A part of the file, in bytes.
     *
     * @param position in the file
     * @param offset in the image
     * @param length may reach beyond the end of the file
     */
    record Extent(long position, long offset, long length) {}

    public EmbeddedKernel {
        extents = List.copyOf(extents);
        if (size < 1 || size > LARGEST) {
            throw new ImageException("The image " + image + " has a kernel of Nanos in it with " + size
                    + " bytes. Expected are 1 to " + LARGEST + ". Build the image again.");
        }
    }

    /**
     * What it is.
     *
     * @throws ImageException if it cannot be read, or is no kernel
     */
    public KernelImage inspect() {
        return KernelImage.inspect(image, bytes());
    }

    /**
     * Writes it to a file of its own, for this user alone.
     *
     * @param target there must be no file yet
     * @throws ImageException if it cannot be read or written
     */
    public void copyTo(Path target) {
        byte[] bytes = bytes();
        try {
            Files.createFile(
                    target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(target, bytes, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new ImageException(
                    "The kernel in the image " + image + " cannot be copied to " + target + ": " + e
                            + ". It is booted from a file of its own. Look at the space and the rights there.",
                    e);
        }
    }

    /**
     * Whether a file has the same bytes.
     *
     * @throws ImageException if one of the two cannot be read
     */
    public boolean isSameAs(Path kernel) {
        try {
            return Files.size(kernel) == size && Arrays.equals(Files.readAllBytes(kernel), bytes());
        } catch (IOException e) {
            throw NanosImage.failure(kernel, "read", e);
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[(int) size];
        try (RandomAccessFile disk = NanosImage.open(image, "r")) {
            for (Extent extent : extents) {
                if (extent.position() < size) {
                    disk.seek(extent.offset());
                    int length = (int) Math.min(extent.length(), size - extent.position());
                    disk.readFully(bytes, (int) extent.position(), length);
                }
            }
            return bytes;
        } catch (IOException e) {
            throw NanosImage.failure(image, "read", e);
        }
    }
}
