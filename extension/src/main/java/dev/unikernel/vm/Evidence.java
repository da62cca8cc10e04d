package dev.unikernel.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where what a VM said is kept after it is gone: {@code serial.log} and {@code vmm.log} in a folder of the work
 * directory that is named after the test class and the VM.
 */
final class Evidence implements AutoCloseable {

    /** The folders in use by this JVM: a second VM of the same name gets a folder with a number. */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path folder;

    private Evidence(Path folder) {
        this.folder = folder;
    }

    /** Claims the folder of {@code spec}'s VM below {@code workDir} and empties it of what an earlier run left. */
    static Evidence claim(Path workDir, VmSpec spec) {
        String base = spec.owner().isEmpty()
                ? spec.name()
                : spec.name().equals(VmSpec.DEFAULT_NAME) ? spec.owner() : spec.owner() + "-" + spec.name();
        Path folder = workDir.resolve(base).toAbsolutePath().normalize();
        for (int number = 2; !IN_USE.add(folder); number++) {
            folder = workDir.resolve(base + "-" + number).toAbsolutePath().normalize();
        }
        Evidence evidence = new Evidence(folder);
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(evidence.serialLog());
            Files.deleteIfExists(evidence.vmmLog());
        } catch (IOException e) {
            IN_USE.remove(folder);
            throw new UncheckedIOException("the folder for logs cannot be made: " + folder, e);
        }
        return evidence;
    }

    /** Gives the name back; the files stay. */
    @Override
    public void close() {
        IN_USE.remove(folder);
    }

    Path folder() {
        return folder;
    }

    Path serialLog() {
        return folder.resolve("serial.log");
    }

    Path vmmLog() {
        return folder.resolve("vmm.log");
    }
}
