package dev.unikernel.hypervisor.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.TestMachine;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.TapNic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudHypervisorTest {

    private static final String HOW_TO_NAME =
            ". Next: set unikernel.cloudHypervisor.binary to the path of a binary of Cloud Hypervisor";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "cloud-hypervisor v53.0, 53.0",
        "cloud-hypervisor v53.0-dirty, 53.0",
        "cloud-hypervisor v50.0.0, 50.0",
        "cloud-hypervisor v50.1, 50.1",
        "cloud-hypervisor v32.1, 32.1",
        "cloud-hypervisor v41.0-95-g6e4aefe6, 41.0",
        "cloud-hypervisor 48.0.1, 48.0.1",
        "cloud-hypervisor v99.0, 99.0",
    })
    void versionIsTheOneOnTheFirstLine(String line, String version) throws IOException {
        Path binary = script("echo '" + line + "'; echo 'Migration Protocol Versions: 0'");

        CloudHypervisor hypervisor = CloudHypervisor.at(binary);

        assertThat(hypervisor.version()).hasToString(version);
        assertThat(hypervisor.describe()).isEqualTo("Cloud Hypervisor " + version);
    }

    @Test
    void newerVersionThanTheNewestKnownIsUsedAndSaidOnce() throws IOException {
        Path binary = script("echo cloud-hypervisor v98.1");
        List<String> said = new ArrayList<>();
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getLevel() + " " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(CloudHypervisor.class.getName());
        logger.addHandler(listener);
        try {
            assertThat(CloudHypervisor.at(binary).version()).isEqualTo(new Version(98, 1));
            CloudHypervisor.at(binary);
        } finally {
            logger.removeHandler(listener);
        }

        assertThat(said)
                .containsExactly("INFO Cloud Hypervisor 98.1 is newer than 53.0, the newest that is known here; it is"
                        + " used as if it were that");
    }

    @ParameterizedTest
    @CsvSource({"v32.0, 32.0", "v31.1, 31.1", "v0.14.1, 0.14.1"})
    void oldVersionIsRefused(String printed, String version) throws IOException {
        Path binary = script("echo cloud-hypervisor " + printed);

        assertThatThrownBy(() -> CloudHypervisor.at(binary))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor (" + binary + ") has version " + version
                        + ", but at least 32.1 is needed: older ones end without a word when a boot fails."
                        + " Next: install a newer Cloud Hypervisor");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            echo 'QEMU emulator version 7.2.22'     | 'QEMU emulator version 7.2.22'
            echo 'cloud-hypervisor vX'              | 'cloud-hypervisor vX'
            printf '\\033[2Jrubbish\\n'             | '\\x1b[2Jrubbish'
            true                                    | nothing
            echo 'error: no' >&2; exit 2            | 'error: no'
            printf '%0500d'                         | '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000...'
            """, quoteCharacter = '`')
    void rubbishIsQuoted(String commands, String quoted) throws IOException {
        Path binary = script(commands);

        assertThatThrownBy(() -> CloudHypervisor.at(binary))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor (" + binary + ") answered --version with " + quoted
                        + ", expected was something like 'cloud-hypervisor v53.0'" + HOW_TO_NAME);
    }

    @Test
    void missingBinaryIsNamed() {
        Path binary = folder.resolve("none");

        assertThatThrownBy(() -> CloudHypervisor.at(binary))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor (" + binary + ") does not exist" + HOW_TO_NAME);
    }

    @Test
    void folderIsNoBinary() {
        assertThatThrownBy(() -> CloudHypervisor.at(folder))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor (" + folder + ") is not a file" + HOW_TO_NAME);
    }

    @Test
    void fileThatIsNotExecutableIsRefused() throws IOException {
        Path binary = Files.writeString(folder.resolve("binary"), "");

        assertThatThrownBy(() -> CloudHypervisor.at(binary))
                .isInstanceOf(HypervisorException.class)
                .hasMessage("Cloud Hypervisor (" + binary + ") is not executable. Next: chmod +x " + binary);
    }

    /** The JDK hands what the kernel refuses to a shell, whose words are then the answer. */
    @Test
    void fileThatIsNoProgramIsRefused() throws IOException {
        Path binary = executable(folder.resolve("binary"), "\u007fELF of another machine");

        assertThatThrownBy(() -> CloudHypervisor.at(binary))
                .isInstanceOf(HypervisorException.class)
                .hasMessageStartingWith("Cloud Hypervisor (" + binary + ") answered --version with '")
                .hasMessageContaining("not found', expected was something like 'cloud-hypervisor v53.0'");
    }

    @Test
    void binaryThatWasReplacedIsAskedAgain() throws IOException {
        Path binary = script("echo cloud-hypervisor v52.0");
        assertThat(CloudHypervisor.at(binary).version()).isEqualTo(new Version(52, 0));

        script("echo cloud-hypervisor v53.0.1");
        assertThat(CloudHypervisor.at(binary).version()).isEqualTo(new Version(53, 0, 1));
    }

    /** Between 37 and 48 Cloud Hypervisor gives an address of its own to a tap that it does not see in /sys. */
    @ParameterizedTest
    @CsvSource({"37, 0", "48, 1"})
    void tapThatWouldGetAnotherAddressIsRefused(int major, int minor) {
        CloudHypervisor hypervisor = new CloudHypervisor(folder.resolve("binary"), new Version(major, minor));

        assertThatThrownBy(() -> hypervisor.start(machineWithUnseenTap()))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("would give another address to the tap uk-unseen")
                .hasMessageContaining("/sys/class/net/uk-unseen does not exist");
    }

    @ParameterizedTest
    @CsvSource({"36, 0", "49, 0"})
    void otherVersionsLeaveUnseenTapsAlone(int major, int minor) {
        CloudHypervisor hypervisor = new CloudHypervisor(Path.of("/bin/true"), new Version(major, minor));

        hypervisor.start(machineWithUnseenTap()).close();
    }

    private Machine machineWithUnseenTap() {
        return new TestMachine()
                .nic(new TapNic(MacAddress.parse("02:00:00:00:00:01"), "uk-unseen"))
                .folder(folder)
                .logFolder(folder)
                .build();
    }

    private Path script(String commands) throws IOException {
        return executable(folder.resolve("cloud-hypervisor"), "#!/bin/sh\n" + commands + "\n");
    }

    private static Path executable(Path file, String content) throws IOException {
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
