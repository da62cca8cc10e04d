package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvidenceTest {

    @TempDir
    Path workDir;

    @ParameterizedTest
    @CsvSource({"'', web, web", "'', vm, vm", "WebTest, vm, WebTest", "WebTest, db, WebTest-db"})
    void folderIsNamedAfterTheTestClassAndTheVm(String owner, String name, String folder) {
        try (Evidence evidence = Evidence.claim(workDir, spec(owner, name))) {
            assertThat(evidence.folder()).isEqualTo(workDir.resolve(folder)).isDirectory();
            assertThat(evidence.serialLog()).isEqualTo(workDir.resolve(folder + "/serial.log"));
            assertThat(evidence.vmmLog()).isEqualTo(workDir.resolve(folder + "/vmm.log"));
        }
    }

    @Test
    void logsOfAnEarlierRunAreRemovedAndThoseOfThisOneStay() throws IOException {
        Path folder = Files.createDirectory(workDir.resolve("web"));
        Files.writeString(folder.resolve("serial.log"), "old");
        Files.writeString(folder.resolve("vmm.log"), "old");
        Files.writeString(folder.resolve("notes.txt"), "mine");

        Evidence evidence = Evidence.claim(workDir, spec("", "web"));
        assertThat(evidence.serialLog()).doesNotExist();
        assertThat(evidence.vmmLog()).doesNotExist();
        assertThat(folder.resolve("notes.txt")).hasContent("mine");

        Files.writeString(evidence.serialLog(), "new");
        evidence.close();
        assertThat(evidence.serialLog()).hasContent("new");
    }

    @Test
    void nameIsFreeAgainAfterTheClose() {
        Evidence.claim(workDir, spec("", "web")).close();

        try (Evidence again = Evidence.claim(workDir, spec("", "web"))) {
            assertThat(again.folder()).isEqualTo(workDir.resolve("web"));
        }
    }

    @Test
    void oldLogThatCannotBeRemovedIsNamedAndTheNameIsGivenBack() throws IOException {
        Path log = Files.createDirectories(workDir.resolve("web/serial.log/nobody-expects-this"));

        assertThatThrownBy(() -> Evidence.claim(workDir, spec("", "web")))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageContaining(workDir.resolve("web").toString());

        Files.delete(log);
        try (Evidence again = Evidence.claim(workDir, spec("", "web"))) {
            assertThat(again.folder()).isEqualTo(workDir.resolve("web"));
        }
    }

    private static VmSpec spec(String owner, String name) {
        return VmSpec.builder().kernel(Path.of("k")).owner(owner).name(name).build();
    }
}
