package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionQueryTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"exec sleep 1000", "exec yes"})
    void binaryThatDoesNotEndIsGivenUp(String command) throws IOException {
        Path binary = Files.writeString(folder.resolve("binary"), "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"));
        VersionQuery query = new VersionQuery(
                HypervisorKind.QEMU, Pattern.compile("(\\d+)\\.(\\d+)(\\.\\d+)?"), "7.2", new Version(6, 0), "");

        assertThatThrownBy(() -> query.ask(binary, Duration.ofSeconds(1)))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("QEMU (" + binary + ") did not end within 1 s of being asked for --version."
                        + " Next: set unikernel.qemu.binary to the path of a binary of QEMU");
    }
}
