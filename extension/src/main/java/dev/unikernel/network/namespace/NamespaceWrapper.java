package dev.unikernel.network.namespace;

import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A shell script that is used like a {@code java} and runs its JVM in namespaces of its own: for {@code <jvm>} of Maven's
 * Surefire and Failsafe plugins. What it needs and does stands at its head.
 */
public final class NamespaceWrapper {

    private static final String SCRIPT = "bin/java";

    private NamespaceWrapper() {}

    /**
     * Writes the script, executable, in place of any file that is there.
     *
     * @param target where to; ends in {@code bin/java}, because Surefire takes no other {@code <jvm>}
     * @throws NetworkException if {@code target} ends otherwise or cannot be written
     */
    public static void writeTo(Path target) {
        if (!target.endsWith(SCRIPT)) {
            throw new NetworkException(
                    "The wrapper's path must end in bin/java, because Surefire and Failsafe take no other"
                            + " <jvm>, but it is '" + target + "'. Next: say for example target/unikernel/bin/java.");
        }
        Path folder = target.toAbsolutePath().getParent();
        try (InputStream script = NamespaceWrapper.class.getResourceAsStream(SCRIPT)) {
            if (script == null) {
                throw new NetworkException(
                        "The jar of unikernel-junit lacks the script " + SCRIPT + ". Next: use the released jar.");
            }
            Files.createDirectories(folder);
            // Renamed, not overwritten: a shell that is still executing the old file reads on where it was.
            Path fresh = Files.createTempFile(folder, "java", ".new");
            try {
                Files.copy(script, fresh, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new NetworkException(
                    "The wrapper cannot be written to '" + target + "': " + e
                            + ". Next: name a path in a writable folder.",
                    e);
        }
    }
}
