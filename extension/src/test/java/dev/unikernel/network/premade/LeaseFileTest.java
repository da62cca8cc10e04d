package dev.unikernel.network.premade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseFileTest {

    @TempDir
    Path folder;

    private Path leases;

    @BeforeEach
    void aProcess() throws IOException {
        leases = Files.createFile(folder.resolve("x.leases"));
        Files.createDirectories(folder.resolve("proc/812"));
        Files.createSymbolicLink(folder.resolve("proc/812/cwd"), folder);
    }

    @Test
    void dhcpdsOptionNamesItsFile() throws IOException {
        runs("/usr/sbin/dhcpd", "-f", "-lf", leases.toString(), "tap0");

        assertThat(found()).contains(new LeaseFile(LeaseFormat.DHCPD, leases));
    }

    @Test
    void aRelativePathIsThatOfTheServer() throws IOException {
        runs("dhcpd", "-lf", "x.leases", "tap0");

        assertThat(found()).contains(new LeaseFile(LeaseFormat.DHCPD, leases));
    }

    @Test
    void dnsmasqsOptionNamesItsFile() throws IOException {
        runs("dnsmasq", "-k", "--dhcp-leasefile=" + leases);

        assertThat(found()).contains(new LeaseFile(LeaseFormat.DNSMASQ, leases));
    }

    @Test
    void keasConfigurationNamesItsFile() throws IOException {
        Files.writeString(folder.resolve("kea.conf"), """
                { "Dhcp4": { "control-socket": { "name": "/run/kea.sock" },
                  "lease-database": {
                    "type": "memfile",
                    "name": "%s" } } }
                """.formatted(leases));
        runs("/usr/sbin/kea-dhcp4", "-c", "kea.conf");

        assertThat(found()).contains(new LeaseFile(LeaseFormat.KEA, leases));
    }

    @Test
    void otherProgramsAndFilesThatAreMissingAreLeftOut() throws IOException {
        runs("vi", "-lf", leases.toString());
        assertThat(found()).extracting(LeaseFile::path).doesNotContain(leases);

        runs("dhcpd", "-lf", folder.resolve("none").toString());
        assertThat(found()).extracting(LeaseFile::path).doesNotContain(folder.resolve("none"));
    }

    private Iterable<LeaseFile> found() {
        return LeaseFile.ofThisMachine(folder.resolve("proc"));
    }

    private void runs(String... words) throws IOException {
        Files.writeString(folder.resolve("proc/812/cmdline"), String.join("\0", words) + "\0");
    }
}
