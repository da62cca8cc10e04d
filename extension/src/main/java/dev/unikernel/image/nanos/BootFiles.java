package dev.unikernel.image.nanos;

import dev.unikernel.image.ImageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Nanos itself needs in an image: its kernel and the libraries that the kernel loads (klibs), which go with no other
 * build of it. They stand in a small file system of their own; OPS and mkfs put them there for Nanos' boot loader.
 *
 * @param kernel none if the image is for starts with a kernel from elsewhere alone
 */
public record BootFiles(Optional<EmbeddedKernel> kernel, boolean hasKlibs) {

    private static final BootFiles NONE = new BootFiles(Optional.empty(), false);

    /**
     * Reads the directory of an image.
     *
     * @throws ImageException if the image cannot be read, or its file system not be understood
     */
    public static BootFiles of(NanosImage image) {
        try (RandomAccessFile disk = NanosImage.open(image.file(), "r")) {
            Optional<PartitionTable> table = PartitionTable.read(disk);
            return table.isEmpty() ? NONE : of(image.file(), disk, table.get());
        } catch (IOException e) {
            throw NanosImage.failure(image.file(), "read", e);
        }
    }

    private static BootFiles of(Path file, RandomAccessFile disk, PartitionTable table) throws IOException {
        long boot = table.boot().start();
        long root = table.root().start();
        // An image of an old Nanos has one file system for all.
        Map<?, ?> files = NanosImage.isTfs(disk, boot) ? tuple(TfsLog.root(file, disk, boot), "children") : Map.of();
        Optional<EmbeddedKernel> kernel = tuple(files, "kernel").isEmpty()
                ? Optional.empty()
                : Optional.of(kernel(file, boot, tuple(files, "kernel")));
        return new BootFiles(kernel, hasKlibs(files) || (NanosImage.isTfs(disk, root) && loadsKlibs(file, disk, root)));
    }

    private static boolean hasKlibs(Map<?, ?> files) {
        return !tuple(tuple(files, "klib"), "children").isEmpty();
    }

    /** Nanos loads them from the root's file system, too, if the root tuple has this name (src/kernel/init.c). */
    private static boolean loadsKlibs(Path file, RandomAccessFile disk, long start) throws IOException {
        Map<?, ?> root = TfsLog.root(file, disk, start);
        return root.containsKey("klibs") && hasKlibs(tuple(root, "children"));
    }

    private static EmbeddedKernel kernel(Path file, long start, Map<?, ?> kernel) {
        try {
            List<EmbeddedKernel.Extent> extents = new ArrayList<>();
            for (Map.Entry<?, ?> entry : tuple(kernel, "extents").entrySet()) {
                Map<?, ?> extent = (Map<?, ?>) entry.getValue();
                extents.add(new EmbeddedKernel.Extent(
                        bytes(entry.getKey()), start + bytes(extent.get("offset")), bytes(extent.get("length"))));
            }
            return new EmbeddedKernel(file, Long.parseLong(String.valueOf(kernel.get("filelength"))), extents);
        } catch (NumberFormatException | ClassCastException e) {
            throw new ImageException(
                    "The image " + file + " has a directory of Nanos (TFS) that cannot be understood: its kernel is "
                            + kernel + ". Expected are numbers of sectors. Build the image again.",
                    e);
        }
    }

    private static long bytes(@Nullable Object sectors) {
        return Integer.toUnsignedLong(Integer.parseUnsignedInt(String.valueOf(sectors))) * PartitionTable.SECTOR;
    }

    private static Map<?, ?> tuple(Map<?, ?> parent, String name) {
        return parent.get(name) instanceof Map<?, ?> tuple ? tuple : Map.of();
    }
}
