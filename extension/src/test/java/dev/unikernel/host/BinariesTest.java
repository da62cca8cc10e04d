package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesTest {

    @TempDir
    Path folder;

    private HostFixture given;

    @BeforeEach
    void makeMachine() {
        given = new HostFixture(folder);
        given.environment.put("PATH", ":bin:" + folder.resolve("first") + ":" + folder.resolve("second"));
    }

    @Test
    void firstExecutableOnPathIsFound() throws IOException {
        program("first/qemu-system-x86_64", "rw-r--r--");
        Path second = program("second/qemu-system-x86_64", "rwxr-xr-x");
        assertThat(find(Optional.empty())).contains(second);

        Path first = program("first/qemu-system-x86_64", "rwxr-xr-x");
        assertThat(find(Optional.empty())).contains(first);
    }

    @Test
    void nothingIsFoundWhereNothingIs() throws IOException {
        Files.createDirectories(folder.resolve("first/qemu-system-x86_64"));

        assertThat(find(Optional.empty())).isEmpty();
        given.environment.remove("PATH");
        assertThat(find(Optional.empty())).isEmpty();
    }

    @Test
    void pathThatIsSetBeatsPath() throws IOException {
        program("first/qemu-system-x86_64", "rwxr-xr-x");
        Path other = program("other/qemu", "rwxr-xr-x");

        assertThat(find(Optional.of(other.toString()))).contains(other);
    }

    @Test
    void nameThatIsSetIsLookedForOnPath() throws IOException {
        Path other = program("second/qemu-new", "rwxr-xr-x");

        assertThat(find(Optional.of("qemu-new"))).contains(other);
    }

    @Test
    void nameThatIsNotOnPathIsRefused() {
        assertThatThrownBy(() -> find(Optional.of("qemu-new")))
                .isInstanceOf(HostException.class)
                .hasMessage("unikernel.qemu.binary is 'qemu-new' (JUnit configuration parameter unikernel.qemu.binary),"
                        + " but there is no such program on PATH (" + given.environment.get("PATH") + "). Give its"
                        + " path, or remove the setting to use the qemu-system-x86_64 on PATH.");
    }

    @Test
    void pathWithoutAFileIsRefused() {
        assertThatThrownBy(() -> find(Optional.of("/none/qemu")))
                .isInstanceOf(HostException.class)
                .hasMessage("unikernel.qemu.binary is '/none/qemu' (JUnit configuration parameter"
                        + " unikernel.qemu.binary), but there is no such file. Correct the path, or remove the setting"
                        + " to use the qemu-system-x86_64 on PATH.");
    }

    @Test
    void folderIsRefused() {
        assertThatThrownBy(() -> find(Optional.of(folder.toString())))
                .isInstanceOf(HostException.class)
                .hasMessage("unikernel.qemu.binary is '" + folder + "' (JUnit configuration parameter"
                        + " unikernel.qemu.binary), but that is a folder. Give the path of the program in it, or remove"
                        + " the setting to use the qemu-system-x86_64 on PATH.");
    }

    @Test
    void fileThatIsNotExecutableIsRefused() throws IOException {
        Path file = program("other/qemu", "rw-r--r--");

        assertThatThrownBy(() -> find(Optional.of(file.toString())))
                .isInstanceOf(HostException.class)
                .hasMessage("unikernel.qemu.binary is '" + file + "' (JUnit configuration parameter"
                        + " unikernel.qemu.binary), but that is not executable by ann. Run chmod +x " + file
                        + ", or remove the setting to use the qemu-system-x86_64 on PATH.");
    }

    private Optional<Path> find(Optional<String> set) {
        Settings settings = Settings.only(
                set.map(value -> Map.of(Keys.QEMU_BINARY.name(), value)).orElse(Map.of()));
        return given.host().findBinary(settings, Keys.QEMU_BINARY, "qemu-system-x86_64");
    }

    private Path program(String name, String permissions) throws IOException {
        Path file = given.write(folder.resolve(name), "#!/bin/sh\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
