package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class VmFolderTest {

    @Test
    void isItsOwnersAloneAndGoesWithAllThatIsInIt() throws IOException {
        VmFolder folder = VmFolder.create();
        try (folder) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                    .isEqualTo("rwx------");
            Files.createDirectories(folder.path().resolve("a/b"));
            Files.writeString(folder.path().resolve("a/b/c"), "d");
        }
        assertThat(folder.path()).doesNotExist();
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void aTemporaryFolderThatIsMissingIsNamed(@TempDir Path folder) {
        String tmp = System.getProperty("java.io.tmpdir");
        Path missing = folder.resolve("missing");
        System.setProperty("java.io.tmpdir", missing.toString());
        try {
            assertThatThrownBy(VmFolder::create)
                    .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                    .hasMessageStartingWith("No VM can be started: its private folder " + missing + "/unikernel-")
                    .hasMessageEndingWith("Next: let java.io.tmpdir name a folder that exists and is writable.");
        } finally {
            System.setProperty("java.io.tmpdir", tmp);
        }
    }
}
