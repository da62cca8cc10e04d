package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot work is refused before anything is started: one error that says what, found, expected, next. */
@LeavesNothing
class BadInputIT {

    @TempDir
    Path folder;

    @Test
    void aKernelThatIsMissingIsNamed() {
        Path missing = folder.resolve("kernel.img");
        assertThat(badInput(spec().kernel(missing)))
                .hasMessage("VM 'vm' cannot be started: The kernel " + missing + " does not exist. "
                        + "Expected is an ELF file with a PVH note, or a Linux bzImage. Correct the path or build it"
                        + " first; what exists of it is " + folder + ".");
    }

    static Stream<Arguments> brokenKernels() throws IOException {
        byte[] elf = Files.readAllBytes(FixtureGuest.kernel());
        return Stream.of(
                arguments(
                        "text",
                        "#!/bin/sh\nexit 0\n".getBytes(),
                        " is no kernel: it looks like a script. Expected is an ELF file with a PVH note, or a Linux bzImage. Name the kernel's file."),
                arguments(
                        "an empty file",
                        new byte[0],
                        " is empty. Expected is an ELF file with a PVH note, or a Linux bzImage. Build or fetch it again."),
                arguments(
                        "a truncated ELF header",
                        Arrays.copyOf(elf, 40),
                        " is truncated: it has 40 bytes, but its ELF header ends at byte 64. Expected is an ELF file with a PVH note, or a Linux bzImage. Build or fetch it again."),
                arguments(
                        "truncated segments",
                        Arrays.copyOf(elf, elf.length / 2),
                        " is truncated: it has " + elf.length / 2
                                + " bytes, but its segment N of 3 ends at byte N. Expected is an ELF file with a PVH note, or a Linux bzImage. Build or fetch it again."),
                arguments(
                        "a disk image",
                        FixtureImage.builder().build().bytes(),
                        " is no kernel: it looks like a raw disk image (it has a boot sector). Expected is an ELF file with a PVH note, or a Linux bzImage. Name it as the image, and the kernel as the kernel."),
                arguments(
                        "an ELF without PVH note",
                        Files.readAllBytes(Path.of("/bin/true")),
                        " is an ELF file without a PVH note (name Xen, type 18); it is a program for Linux, run by /lib64/ld-linux-x86-64.so.2. Expected is a kernel that tells where to enter it. Name the unikernel's own kernel (for Nanos kernel.img), a Linux vmlinux with CONFIG_PVH=y, or a bzImage."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenKernels")
    void aKernelThatIsNoneIsRefused(String what, byte[] content, String message) throws IOException {
        Path kernel = Files.write(folder.resolve("kernel.img"), content);
        assertThat(badInput(spec().kernel(kernel))
                        .getMessage()
                        .replaceAll("segment \\d of 3 ends at byte \\d+", "segment N of 3 ends at byte N"))
                .as(what)
                .isEqualTo("VM 'vm' cannot be started: The kernel " + kernel + message);
    }

    @Test
    void anImageThatIsMissingIsNamed() {
        Path missing = folder.resolve("web.img");
        assertThat(badInput(spec().image(missing)))
                .hasMessage("VM 'vm' cannot be started: The image " + missing + " does not exist. "
                        + "Expected is a raw disk image, made of whole sectors of 512 bytes. Correct the path or build it first;"
                        + " what exists of it is " + folder + ".");
    }

    @Test
    void anEmptyImageIsRefused() throws IOException {
        Path image = Files.createFile(folder.resolve("web.img"));
        assertThat(badInput(spec().image(image)))
                .hasMessage("VM 'vm' cannot be started: The image " + image + " is empty. "
                        + "Expected is a raw disk image, made of whole sectors of 512 bytes. Build or fetch it again.");
    }

    @Test
    void aFolderIsNoImage() {
        assertThat(badInput(spec().image(folder)))
                .hasMessage("VM 'vm' cannot be started: The image " + folder + " is a folder. "
                        + "Expected is a raw disk image, made of whole sectors of 512 bytes. Name the file in it.");
    }

    @Test
    void aKernelIsNoImage() {
        assertThat(badInput(spec().image(FixtureGuest.kernel())))
                .hasMessage(
                        "VM 'vm' cannot be started: The image " + FixtureGuest.kernel() + " is a kernel (an ELF file). "
                                + "Expected is a raw disk image, made of whole sectors of 512 bytes. Name it as the kernel, and the image as"
                                + " the image.");
    }

    @ParameterizedTest
    @CsvSource({
        "514649fb, qcow2, qcow2",
        "636f6e6563746978, vhd, vpc",
        "7668647866696c65, vhdx, vhdx",
        "4b444d56, vmdk, vmdk"
    })
    void disksThatAreNotRawAreRefusedWithTheCommandThatConvertsThem(String magic, String name, String forQemu)
            throws IOException {
        Path disk = Files.write(
                folder.resolve("disk.img"), Arrays.copyOf(HexFormat.of().parseHex(magic), 4096));
        String message =
                "VM 'vm' cannot be started: The image " + disk + " is a " + name + " disk image. Expected is a raw"
                        + " disk image. Convert it: qemu-img convert -f " + forQemu + " -O raw " + disk + " disk.raw.";

        assertThat(badInput(spec().image(disk))).hasMessage(message);
        assertThat(badInput(spec().extraDisks(List.of(disk)))).hasMessage(message);
        assertThat(badInput(spec().readOnlyDisks(List.of(disk)))).hasMessage(message);
    }

    @Test
    void anImageBringsNoKernelIfItIsNoneOfNanos() throws IOException {
        Path image = FixtureImage.builder().build().writeTo(folder.resolve("alone.img"));
        assertThat(badInput(VmSpec.builder().image(image)))
                .hasMessageStartingWith("VM 'vm' cannot be started: The image " + image
                        + " has no kernel in it (it is no" + " image of Nanos), and no kernel is named.");
    }

    @Test
    void moreMemoryThanThisMachineHasIsRefused() {
        assertThat(badInput(spec().memory("65000G")))
                .hasMessageMatching(
                        "VM 'vm' cannot be started with memory \"65000G\": the guest's memory of 65000G is more"
                                + " than the \\d+\\.\\dG that this machine has\\. Ask for less memory\\.");
    }

    @Test
    void anOptionThatWeSetOurselvesIsRefused() {
        String option =
                VmLauncher.create().plan(spec().build()).hypervisorName().startsWith("QEMU") ? "-kernel" : "--kernel";
        assertThat(badInput(spec().hypervisorArgs(List.of(option, "/x")))).hasMessageContaining(option);
    }

    @Test
    void aBinaryThatIsMissingIsNamedWithItsSetting() {
        Path missing = folder.resolve("cloud-hypervisor");
        assertThat(missingPrerequisite(cloudHypervisorAt(missing)))
                .hasMessageContaining("unikernel.cloudHypervisor.binary")
                .hasMessageContaining(missing.toString());
    }

    @Test
    void aBinaryThatCannotBeExecutedIsNamedWithItsSetting() throws IOException {
        Path binary = Files.writeString(folder.resolve("cloud-hypervisor"), "#!/bin/sh\n");
        assertThat(missingPrerequisite(cloudHypervisorAt(binary)))
                .hasMessageContaining("unikernel.cloudHypervisor.binary")
                .hasMessageContaining(binary.toString());
    }

    @Test
    void aBinaryThatIsTooOldIsRefusedWithTheVersionThatIsNeeded() throws IOException {
        assertThat(missingPrerequisite(binaryThatPrints("cloud-hypervisor v31.1")))
                .hasMessageContaining("31.1")
                .hasMessageContaining("32.1");
    }

    @Test
    void aBinaryThatPrintsRubbishForItsVersionIsRefused() throws IOException {
        assertThat(missingPrerequisite(binaryThatPrints("Usage: rubbish"))).hasMessageContaining("Usage: rubbish");
    }

    @Test
    void hypervisorAndNetworkThatDoNotGoTogetherAreSaidSo() {
        assertThat(missingPrerequisite(Map.of("unikernel.hypervisor", "cloud-hypervisor", "unikernel.network", "user")))
                .hasMessageContaining("unikernel.hypervisor=cloud-hypervisor")
                .hasMessageContaining("unikernel.network=user");
    }

    @Test
    void aDhcpServerThatWouldNotBeUsedIsRefused() {
        assertThat(missingPrerequisite(Map.of("unikernel.dhcp", "dnsmasq", "unikernel.network", "user")))
                .hasMessage(
                        "No VM can be started: unikernel.dhcp=dnsmasq (JUnit configuration parameter unikernel.dhcp)"
                                + " is for the network tap, but the network is user. Next: remove the setting.");
        assertThat(missingPrerequisite(Map.of("unikernel.dhcp.binary", "/x")))
                .hasMessageContaining("unikernel.dhcp.binary=/x")
                .hasMessageContaining("name that server in unikernel.dhcp");
    }

    @Test
    void networkModesThatAreNotThereYetAreSaidSo() {
        assertThat(missingPrerequisite(Map.of("unikernel.network", "host-tap")))
                .hasMessageContaining("unikernel.network=host-tap");
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertThat(missingPrerequisite(Map.of("unikernel.network", "premade")))
                .hasMessage("No VM can be started: unikernel.network=premade (JUnit configuration parameter"
                        + " unikernel.network) needs taps that you have made, but no setting names them. Next: name them"
                        + " (unikernel.tap=tap0), or remove the setting.");
        assertThat(missingPrerequisite(Map.of("unikernel.network", "user", "unikernel.tap", "tap0")))
                .hasMessageContaining("unikernel.tap=tap0 (JUnit configuration parameter unikernel.tap)")
                .hasMessageContaining("but there is unikernel.network=user");
        assertThat(missingPrerequisite(Map.of("unikernel.network", "auto", "unikernel.mac", "AA:C6:00:00:00:02")))
                .hasMessageContaining("unikernel.mac=AA:C6:00:00:00:02")
                .hasMessageContaining("no setting names any");
    }

    @Test
    void aTapThatIsNotThereIsNamedWithTheCommandsThatMakeIt() {
        assertThat(missingPrerequisite(Map.of("unikernel.network", "premade", "unikernel.tap", "notap0")))
                .hasMessageContaining("there is no interface notap0")
                .hasMessageContaining("ip tuntap add dev notap0 mode tap");
    }

    private Map<String, String> binaryThatPrints(String version) throws IOException {
        Path binary = Files.writeString(folder.resolve("cloud-hypervisor"), "#!/bin/sh\necho '" + version + "'\n");
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"));
        return cloudHypervisorAt(binary);
    }

    private static Map<String, String> cloudHypervisorAt(Path binary) {
        return Map.of(
                "unikernel.hypervisor", "cloud-hypervisor",
                "unikernel.network", "auto",
                "unikernel.cloudHypervisor.binary", binary.toString());
    }

    private VmSpec.Builder spec() {
        return Guests.fixture(FixtureImage.builder().build(), folder);
    }

    private static VmStartException.BadInput badInput(VmSpec.Builder spec) {
        VmStartException.BadInput failure = catchThrowableOfType(
                VmStartException.BadInput.class, () -> VmLauncher.create().start(spec.build()));
        assertThat(failure).as("the start is refused").isNotNull();
        return failure;
    }

    private VmStartException.PrerequisiteMissing missingPrerequisite(Map<String, String> settings) {
        Map<String, String> parameters = new HashMap<>(settings);
        VmLauncher launcher = VmLauncher.create(Settings.of(name -> Optional.ofNullable(parameters.get(name))));
        VmStartException.PrerequisiteMissing failure =
                catchThrowableOfType(VmStartException.PrerequisiteMissing.class, () -> launcher.start(spec().build()));
        assertThat(failure).as("the start is refused").isNotNull();
        return failure;
    }
}
