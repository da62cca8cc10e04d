package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgramPathTest {

    @Test
    void foldersOfAdministratorsComeLast() {
        assertThat(ProgramPath.of(Map.of("PATH", "/opt/bin:/usr/bin")))
                .hasToString("/opt/bin:/usr/bin:/usr/sbin:/sbin");
        assertThat(ProgramPath.of(Map.of())).hasToString("/usr/sbin:/sbin");
    }

    @Test
    void noFolderIsLookedAtTwiceNorOneThatDependsOnTheWorkingFolder() {
        assertThat(ProgramPath.of(Map.of("PATH", ":bin:/sbin:/usr/bin:/usr/bin:."))
                        .folders())
                .containsExactly(Path.of("/sbin"), Path.of("/usr/bin"), Path.of("/usr/sbin"));
    }
}
