package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.host.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told who may not do what a VM needs: which device or right, and the one command that helps. */
class ForbiddenDevicesIT {

    @TempDir
    Path shared;

    @BeforeEach
    void becomeReadable() throws IOException {
        PlainUser.assumePossible();
        PlainUser.letIn(shared);
    }

    @Test
    void kvmThatMayNotBeOpenedIsNamedWithItsRemedy() throws Exception {
        Path kvm = Path.of("/dev/kvm");
        assumeTrue(Files.exists(kvm), "there is no /dev/kvm to be forbidden");
        assumeFalse(
                Files.getPosixFilePermissions(kvm).contains(PosixFilePermission.OTHERS_WRITE),
                "/dev/kvm is open to everybody");
        assumeTrue(
                Host.current()
                        .findBinary(Settings.ofSystemProperties(), Keys.CLOUD_HYPERVISOR_BINARY, "cloud-hypervisor")
                        .isPresent(),
                "there is no cloud-hypervisor");
        assertThat(said("-Dunikernel.hypervisor=cloud-hypervisor", "-Dunikernel.network=tap"))
                .startsWith("PrerequisiteMissing: No VM can be started on this machine"
                        + " (unikernel.hypervisor=cloud-hypervisor (system property unikernel.hypervisor) and"
                        + " unikernel.network=tap (system property unikernel.network)).\n"
                        + "  - Cloud Hypervisor with network 'tap': /dev/kvm ");
    }

    @Test
    void tapsThatMayNotBeMadeAreSaidSoWithTheWayToANamespace() throws Exception {
        assertThat(said("-Dunikernel.hypervisor=qemu", "-Dunikernel.network=tap"))
                .startsWith("PrerequisiteMissing: No VM can be started on this machine"
                        + " (unikernel.hypervisor=qemu (system property unikernel.hypervisor) and"
                        + " unikernel.network=tap (system property unikernel.network)).\n"
                        + "  - QEMU with network 'tap': ")
                .contains("namespace");
    }

    /** What {@link RefusedMain} says as a plain user without any group. */
    private String said(String... settings) throws IOException, InterruptedException {
        PlainUser.copyReadably(FixtureGuest.kernel(), shared.resolve("fixture.elf"));
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of(settings));
        command.addAll(List.of("-cp", PlainUser.copyClassPathReadably(shared), RefusedMain.class.getName()));
        command.add(shared.resolve("fixture.elf").toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }
}
