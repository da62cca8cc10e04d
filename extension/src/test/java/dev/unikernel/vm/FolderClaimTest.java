package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderClaimTest {

    @TempDir
    Path parent;

    @Test
    void aNameThatIsTakenGetsANumber() {
        try (FolderClaim first = FolderClaim.first(parent, "web");
                FolderClaim second = FolderClaim.first(parent, "web");
                FolderClaim third = FolderClaim.first(parent, "web")) {
            assertThat(first.path()).isEqualTo(parent.resolve("web")).isDirectory();
            assertThat(second.path()).isEqualTo(parent.resolve("web-2"));
            assertThat(third.path()).isEqualTo(parent.resolve("web-3"));
        }
    }

    @Test
    void aNameThatWasGivenBackIsFree() {
        FolderClaim.first(parent, "web").close();

        try (FolderClaim again = FolderClaim.first(parent, "web")) {
            assertThat(again.path()).isEqualTo(parent.resolve("web"));
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamedAndNotTaken() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));

        assertThatThrownBy(() -> FolderClaim.first(file, "web"))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageStartingWith(
                        "No VM can be started: the folder for its logs, " + file.resolve("web") + ", cannot be made (")
                .hasMessageEndingWith("). Next: let unikernel.workDir name a folder that is writable.");

        Files.delete(file);
        try (FolderClaim claim = FolderClaim.first(file, "web")) {
            assertThat(claim.path()).isEqualTo(file.resolve("web"));
        }
    }

    @Test
    void anotherJvmsNameIsTakenUntilThatJvmIsKilled() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertThat(said).isEqualTo(parent.resolve("web").toString());
            try (FolderClaim second = FolderClaim.first(parent, "web")) {
                assertThat(second.path()).isEqualTo(parent.resolve("web-2"));
            }
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();

        try (FolderClaim first = FolderClaim.first(parent, "web")) {
            assertThat(first.path()).isEqualTo(parent.resolve("web"));
        }
    }

    /** Another JVM that holds a folder until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            FolderClaim claim = FolderClaim.first(Path.of(arguments[0]), "web");
            System.out.println(claim.path());
            Thread.currentThread().join();
        }
    }
}
