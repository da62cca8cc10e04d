package dev.unikernel.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.HostException;
import dev.unikernel.host.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HypervisorsTest {

    private static final String BINARY_OF_QEMU = "unikernel.qemu.binary";
    private static final String BINARY_OF_CLOUD_HYPERVISOR = "unikernel.cloudHypervisor.binary";

    @TempDir
    Path folder;

    private final Host host = Host.current();

    @Test
    void binaryOfTheSettingsIsUsed() throws IOException {
        Settings settings =
                Settings.only(Map.of(BINARY_OF_QEMU, script("QEMU emulator version 8.2.4 (Debian 1:8.2.4)")));

        assertThat(Hypervisors.probe(HypervisorKind.QEMU, settings, host).isAvailable())
                .isTrue();
        Hypervisor hypervisor = Hypervisors.find(HypervisorKind.QEMU, settings, host);
        assertThat(hypervisor.kind()).isEqualTo(HypervisorKind.QEMU);
        assertThat(hypervisor.describe())
                .isEqualTo("QEMU 8.2.4 "
                        + (host.hasHardwareVirtualization() && host.kvm().isAvailable() ? "(KVM)" : "(TCG)"));
    }

    @Test
    void binaryOfTheSettingsThatCannotBeUsedIsAnErrorAndNoFallback() throws IOException {
        Settings settings = Settings.only(Map.of(BINARY_OF_CLOUD_HYPERVISOR, script("cloud-hypervisor v30.0")));

        assertThatThrownBy(() -> Hypervisors.probe(HypervisorKind.CLOUD_HYPERVISOR, settings, host))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("has version 30.0, but at least 32.1 is needed");
    }

    @Test
    void binaryOfTheSettingsThatIsMissingIsAnError() {
        Settings settings = Settings.only(Map.of(BINARY_OF_CLOUD_HYPERVISOR, "/nowhere/cloud-hypervisor"));

        assertThatThrownBy(() -> Hypervisors.probe(HypervisorKind.CLOUD_HYPERVISOR, settings, host))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("/nowhere/cloud-hypervisor");
    }

    @Test
    void choiceOfOursNeedsAKvmInHardwareForCloudHypervisor() throws IOException {
        assumeThat(host.kvm().isAvailable() && !host.hasHardwareVirtualization())
                .as("this machine has a KVM in software")
                .isTrue();
        String binary = script("cloud-hypervisor v53.0");

        Probe ours = Hypervisors.probe(
                HypervisorKind.CLOUD_HYPERVISOR, Settings.only(Map.of(BINARY_OF_CLOUD_HYPERVISOR, binary)), host);
        assertThat(ours.missing().orElseThrow().toString())
                .contains("neither vmx nor svm")
                .contains("unikernel.hypervisor=cloud-hypervisor");

        Probe theirs = Hypervisors.probe(
                HypervisorKind.CLOUD_HYPERVISOR,
                Settings.only(Map.of(BINARY_OF_CLOUD_HYPERVISOR, binary, "unikernel.hypervisor", "cloud-hypervisor")),
                host);
        assertThat(theirs.isAvailable()).isTrue();
    }

    private String script(String version) throws IOException {
        Path binary = Files.writeString(folder.resolve("binary"), "#!/bin/sh\necho '" + version + "'\n");
        return Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"))
                .toString();
    }
}
