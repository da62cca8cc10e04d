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
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told who may not do what a VM needs: which device or right, and the one command that helps. */
class ForbiddenDevicesIT {

    private static final List<String> CLOUD_HYPERVISOR_WITH_TAP =
            List.of("-Dunikernel.hypervisor=cloud-hypervisor", "-Dunikernel.network=tap");

    private static final String REFUSED = "PrerequisiteMissing: No VM can be started on this machine"
            + " (unikernel.hypervisor=cloud-hypervisor (system property unikernel.hypervisor) and"
            + " unikernel.network=tap (system property unikernel.network)).\n"
            + "  - Cloud Hypervisor with network 'tap': ";

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
        assumeThereIsACloudHypervisor();
        PosixFileAttributes attributes = Files.readAttributes(kvm, PosixFileAttributes.class);
        String owner = attributes.owner().getName();
        String group = attributes.group().getName();
        String permissions = PosixFilePermissions.toString(attributes.permissions());
        assumeTrue(!group.equals("root") && permissions.startsWith("rw-rw-"), "no group helps to /dev/kvm");
        assertThat(said(List.of(), CLOUD_HYPERVISOR_WITH_TAP))
                .isEqualTo(REFUSED + "/dev/kvm may not be opened for reading and writing by nobody (it belongs to "
                        + owner
                        + ":" + group + ", " + permissions + "). Add the user to its group (sudo usermod -aG " + group
                        + " nobody, then log in again), or open it to every user, as CI machines do (sudo chmod 666"
                        + " /dev/kvm).\n");
    }

    @Test
    void kvmThatIsNotThereIsNamedWithItsRemedy() throws Exception {
        assumeThereIsACloudHypervisor();
        Path dev = shared.resolve("dev");
        String mounts =
                "mkdir %1$s && mount -t tmpfs none %1$s && mkdir %1$s/net && for device in null random urandom net/tun;"
                        + " do touch %1$s/$device && mount --bind /dev/$device %1$s/$device; done && mount --rbind %1$s /dev"
                        + " && exec \"$@\"";
        Prerequisites.assumeSucceeds(List.of("unshare", "--mount", "true"));
        assertThat(said(
                        List.of("unshare", "--mount", "sh", "-c", mounts.formatted(dev), "sh"),
                        CLOUD_HYPERVISOR_WITH_TAP))
                .isEqualTo(
                        REFUSED + "/dev/kvm does not exist. Load its module (sudo modprobe kvm_intel or kvm_amd), with"
                                + " virtualization switched on in the firmware or, in a VM, nested in its host; in a container, pass it"
                                + " in (docker run --device /dev/kvm).\n");
    }

    @Test
    void tapsThatMayNotBeMadeAreSaidSoWithTheWayToANamespace() throws Exception {
        assertThat(said(List.of(), List.of("-Dunikernel.hypervisor=qemu", "-Dunikernel.network=tap")))
                .startsWith("PrerequisiteMissing: No VM can be started on this machine"
                        + " (unikernel.hypervisor=qemu (system property unikernel.hypervisor) and"
                        + " unikernel.network=tap (system property unikernel.network)).\n"
                        + "  - QEMU with network 'tap': ")
                .contains("namespace");
    }

    private static void assumeThereIsACloudHypervisor() {
        assumeTrue(
                Host.current()
                        .findBinary(Settings.ofSystemProperties(), Keys.CLOUD_HYPERVISOR_BINARY, "cloud-hypervisor")
                        .isPresent(),
                "there is no cloud-hypervisor");
    }

    /** What {@link RefusedMain} says as a plain user without any group. */
    private String said(List<String> prefix, List<String> settings) throws IOException, InterruptedException {
        PlainUser.copyReadably(FixtureGuest.kernel(), shared.resolve("fixture.elf"));
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(settings);
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
