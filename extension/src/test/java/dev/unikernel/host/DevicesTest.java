package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {

    private static final String FIX_FOR_KVM =
            "Load its module (sudo modprobe kvm_intel or kvm_amd), with virtualization"
                    + " switched on in the firmware or, in a VM, nested in its host; in a container, pass it in (docker run"
                    + " --device /dev/kvm).";

    @TempDir
    Path folder;

    private HostFixture given;

    @BeforeEach
    void makeMachine() {
        given = new HostFixture(folder);
    }

    @ParameterizedTest
    @CsvSource({"vmx", "svm"})
    void kvmOfTheProcessorIsKnownByItsFlag(String flag) {
        given.write(given.dev.resolve("kvm"), "");
        given.write(given.proc.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: fpu " + flag + " sse\nbugs\t: x\n");
        Host host = given.host();

        assertThat(host.kvm()).isEqualTo(new Probe.Available("KVM of the processor (" + flag + ")"));
        assertThat(host.hasHardwareVirtualization()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            flags : fpu svm_lock vmxx sse
            vmx flags : vmx
            model name : svm
            """)
    void kvmWithoutTheFlagIsOneInSoftware(String line) {
        given.write(given.dev.resolve("kvm"), "");
        given.write(given.proc.resolve("cpuinfo"), line + "\n");
        Host host = given.host();

        assertThat(host.kvm())
                .isEqualTo(new Probe.Available("KVM in software (the processor shows neither vmx nor svm)"));
        assertThat(host.hasHardwareVirtualization()).isFalse();
    }

    @Test
    void absentDevicesAreMissing() {
        assertThat(given.host().kvm())
                .isEqualTo(new Probe.Missing(given.dev.resolve("kvm") + " does not exist", FIX_FOR_KVM));
        assertThat(given.host().tun())
                .isEqualTo(new Probe.Missing(
                        given.dev.resolve("net/tun") + " does not exist",
                        "Load its module (sudo modprobe tun); in a container, pass it in (docker run --device"
                                + " /dev/net/tun)."));
    }

    @Test
    void deviceThatDoesNotOpenSaysWhy() throws Exception {
        Path kvm = Files.createDirectories(given.dev.resolve("kvm"));

        assertThat(given.host().kvm())
                .isEqualTo(new Probe.Missing(
                        kvm + " cannot be opened for reading and writing: Is a directory", FIX_FOR_KVM));
    }

    @Test
    void forbiddenDeviceSaysWhoseItIs() throws Exception {
        // Root may open whatever has been forbidden by chmod. The files of sysfs keep their word to root, too.
        Path readOnly = Path.of("/sys/kernel/uevent_seqnum");
        assumeThat(readOnly).exists();
        Files.createDirectories(given.dev);
        Path kvm = Files.createSymbolicLink(given.dev.resolve("kvm"), readOnly);
        PosixFileAttributes owners = Files.readAttributes(readOnly, PosixFileAttributes.class);

        assertThat(given.host().kvm())
                .isEqualTo(new Probe.Missing(
                        kvm + " may not be opened for reading and writing by ann (it belongs to "
                                + owners.owner().getName() + ":"
                                + owners.group().getName() + ", r--r--r--)",
                        "Open it to every user, as CI machines do (sudo chmod 666 " + kvm + ")."));
    }

    @Test
    void groupThatMayOpenTheDeviceIsNamed() throws Exception {
        Path kvm = given.write(given.dev.resolve("kvm"), "");
        Files.setPosixFilePermissions(kvm, PosixFilePermissions.fromString("rw-rw----"));
        PosixFileAttributeView view = Files.getFileAttributeView(kvm, PosixFileAttributeView.class);
        if (view.readAttributes().group().getName().equals("root")) {
            view.setGroup(kvm.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName("daemon"));
        }
        String owner = view.readAttributes().owner().getName();
        String group = view.readAttributes().group().getName();

        String reason = kvm + " may not be opened for reading and writing by ann (it belongs to " + owner + ":" + group
                + ", rw-rw----)";
        given.write(given.root.resolve("etc/group"), "annex:x:1:ann\n" + group + ":x:2:anna,bob\nbroken\n");
        assertThat(Devices.forbidden(kvm, given.surroundings()))
                .isEqualTo(new Probe.Missing(
                        reason,
                        "Add the user to its group (sudo usermod -aG " + group + " ann, then log in again), or open it"
                                + " to every user, as CI machines do (sudo chmod 666 " + kvm + ")."));

        given.write(given.root.resolve("etc/group"), group + ":x:2:anna,ann\n");
        assertThat(Devices.forbidden(kvm, given.surroundings()))
                .isEqualTo(new Probe.Missing(
                        reason, "The user is in its group, but this session is older than that: log in again."));
    }

    @Test
    void tunIsAvailableIfItOpens() {
        given.write(given.dev.resolve("net/tun"), "");

        assertThat(given.host().tun()).isEqualTo(new Probe.Available("/dev/net/tun"));
    }
}
