package dev.unikernel.vm;

import dev.unikernel.hypervisor.Guard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A VM's private folder: sockets, pipes, copies of disks. Only its owner may enter; its path is short, because a Unix
 * socket's path has at most 107 bytes.
 */
record VmFolder(Path path, Guard.Entry guarded) implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    static VmFolder create() {
        String name = "unikernel-" + ProcessHandle.current().pid() + "-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path path = Path.of(System.getProperty("java.io.tmpdir"), name).toAbsolutePath();
        Guard.Entry guarded = Guard.ofThisJvm().folder(path);
        try {
            return new VmFolder(Files.createDirectory(path, OWNER_ONLY), guarded);
        } catch (IOException e) {
            guarded.close();
            throw new VmStartException.PrerequisiteMissing(
                    "No VM can be started: its private folder " + path + " cannot be made (" + e
                            + "). Next: let java.io.tmpdir name a folder that exists and is writable.",
                    e);
        }
    }

    @Override
    public void close() {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                        throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
            guarded.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the VM's folder cannot be deleted: " + path, e);
        }
    }
}
