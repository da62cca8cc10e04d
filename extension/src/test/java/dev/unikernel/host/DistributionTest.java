package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRETTY_NAME=\"Debian GNU/Linux 12\"",
                "PRETTY_NAME='Debian GNU/Linux 12'",
                "PRETTY_NAME=Debian GNU/Linux 12"
            })
    void nameIsReadAsAShellWould(String line) {
        HostFixture given = new HostFixture(folder);
        given.write(folder.resolve("etc/os-release"), "NAME=Debian\n" + line + "\nVERSION_ID=12\n");

        assertThat(given.host().distribution()).contains("Debian GNU/Linux 12");
    }

    @Test
    void namelessSystemHasNone() {
        assertThat(new HostFixture(folder).host().distribution()).isEmpty();
    }
}
