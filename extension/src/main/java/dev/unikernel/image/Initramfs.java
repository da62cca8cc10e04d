package dev.unikernel.image;

import java.nio.file.Path;

/**
 * An initial RAM file system as a file. What it holds is between it and its kernel; only that it can be read is looked
 * at.
 */
public record Initramfs(Path file) {

    /** @throws ImageException if there is none, or it cannot be read or is empty */
    public static Initramfs inspect(Path path) {
        ImageFile.open("initramfs", path, "a cpio archive, which may be packed").close();
        return new Initramfs(path);
    }
}
