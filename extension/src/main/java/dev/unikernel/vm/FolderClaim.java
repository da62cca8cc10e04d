package dev.unikernel.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder that no other VM writes to as long as this one does, in this JVM or another: forks of a build share the work
 * directory, and classes of one simple name, or VMs of a session, share a folder's name.
 *
 * <p>The claim is a lock on an empty file in the folder, which the kernel gives up with the process. The file stays: whoever
 * removes it takes it from under somebody who has just opened it.
 */
final class FolderClaim implements AutoCloseable {

    private static final String LOCK = ".in-use";

    /** A JVM's file locks do not keep itself out. */
    private static final Set<Path> OF_THIS_JVM = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private FolderClaim(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * The folder of that name below {@code parent}, or the first with a number behind it that is free.
     *
     * @throws VmStartException.PrerequisiteMissing if it cannot be made
     */
    static FolderClaim first(Path parent, String name) {
        for (int number = 1; ; number++) {
            Path path = parent.resolve(number == 1 ? name : name + "-" + number)
                    .toAbsolutePath()
                    .normalize();
            Optional<FolderClaim> claim = claim(path);
            if (claim.isPresent()) {
                return claim.get();
            }
        }
    }

    private static Optional<FolderClaim> claim(Path path) {
        if (!OF_THIS_JVM.add(path)) {
            return Optional.empty();
        }
        Optional<FolderClaim> claim = Optional.empty();
        try {
            Files.createDirectories(path);
            claim = lock(path);
            return claim;
        } catch (IOException e) {
            throw new VmStartException.PrerequisiteMissing(
                    "No VM can be started: the folder for its logs, " + path + ", cannot be made (" + e
                            + "). Next: let unikernel.workDir name a folder that is writable.",
                    e);
        } finally {
            if (claim.isEmpty()) {
                OF_THIS_JVM.remove(path);
            }
        }
    }

    private static Optional<FolderClaim> lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            return locked ? Optional.of(new FolderClaim(path, channel)) : Optional.empty();
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    Path path() {
        return path;
    }

    /** Gives the name back; what is in the folder stays. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder for logs cannot be given back: " + path, e);
        } finally {
            OF_THIS_JVM.remove(path);
        }
    }
}
