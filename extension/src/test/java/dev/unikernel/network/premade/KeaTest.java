package dev.unikernel.network.premade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeaTest {

    @TempDir
    Path proc;

    @Test
    void keaInThisNetworkNamespaceIsSeen() throws IOException {
        process("self", "java", "net:[1]");
        process("812", "/usr/sbin/kea-dhcp4", "net:[1]");

        assertThat(Kea.runs(proc)).isTrue();
    }

    @Test
    void keaInAnotherNetworkNamespaceIsNobodysConcern() throws IOException {
        process("self", "java", "net:[1]");
        process("812", "/usr/sbin/kea-dhcp4", "net:[2]");

        assertThat(Kea.runs(proc)).isFalse();
    }

    @Test
    void keaWhoseNamespaceIsSecretCounts() throws IOException {
        process("self", "java", "net:[1]");
        process("812", "kea-dhcp4", "");

        assertThat(Kea.runs(proc)).isTrue();
    }

    @Test
    void otherServersShareThePort() throws IOException {
        process("self", "java", "net:[1]");
        process("812", "/usr/sbin/dhcpd", "net:[1]");

        assertThat(Kea.runs(proc)).isFalse();
    }

    private void process(String pid, String program, String namespace) throws IOException {
        Path process = Files.createDirectories(proc.resolve(pid));
        Files.writeString(process.resolve("cmdline"), program + "\0-c\0/x\0");
        if (!namespace.isEmpty()) {
            Files.createSymbolicLink(
                    Files.createDirectory(process.resolve("ns")).resolve("net"), Path.of(namespace));
        }
    }
}
