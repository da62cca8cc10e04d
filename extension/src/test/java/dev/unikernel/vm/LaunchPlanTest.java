package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.hypervisor.Disk;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.image.ElfBuilder;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.UserNic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchPlanTest {

    private static final Path VM = Path.of("/run/vm");

    @TempDir
    Path folder;

    private BootFixture given;

    @BeforeEach
    void makeFixture() {
        given = new BootFixture(folder);
    }

    @Test
    void machineIsWhatTheSpecificationAsksFor() throws IOException {
        Path initramfs = Files.writeString(folder.resolve("initramfs"), "x");
        LaunchPlan plan = given.plan(given.spec()
                .initramfs(initramfs)
                .cmdline("quiet")
                .memory("64M")
                .cpus(3)
                .hypervisorArgs(List.of("--more")));
        TapNic nic = new TapNic(FakeNetwork.MAC, "tap7");
        List<Disk> disks = List.of(new Disk(Path.of("/d"), true));

        assertThat(plan.machine(nic, disks, VM, Path.of("/logs")))
                .isEqualTo(new Machine(
                        "web",
                        given.kernel,
                        Optional.of(initramfs),
                        "quiet",
                        64L << 20,
                        3,
                        disks,
                        nic,
                        List.of("--more"),
                        VM,
                        Path.of("/logs")));
    }

    @Test
    void mainPortComesFirstAndNoneTwice() {
        assertThat(given.plan(given.spec().port(80).ports(443, 80, 8080, 443)).ports())
                .containsExactly(80, 443, 8080);
    }

    @Test
    void disksThatTheGuestMayWriteToArePrivateCopies() throws IOException {
        Path image = disk("image.raw", 1);
        Path data = disk("data.raw", 2);
        Path shared = disk("shared.raw", 3);
        LaunchPlan plan =
                given.plan(given.spec().image(image).extraDisks(List.of(data)).readOnlyDisks(List.of(shared)));
        Path ofVm = Files.createDirectory(folder.resolve("vm"));

        assertThat(plan.disks(ofVm))
                .containsExactly(
                        new Disk(ofVm.resolve("disk0.raw"), false),
                        new Disk(ofVm.resolve("disk1.raw"), false),
                        new Disk(shared, true));
        plan.copyFiles(ofVm);

        assertThat(ofVm.resolve("disk0.raw")).hasSameBinaryContentAs(image);
        assertThat(ofVm.resolve("disk1.raw")).hasSameBinaryContentAs(data);
        try (var files = Files.list(ofVm)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void kernelWithAnEntryStubIsAPrivateCopy() throws IOException {
        byte[] callAtTheEntry = new byte[600];
        callAtTheEntry[0] = (byte) 0xe8;
        Path needy = new ElfBuilder()
                .load(0x200000, callAtTheEntry)
                .notes(ElfBuilder.pvhNote(0x200000))
                .write(folder.resolve("needy.elf"));
        LaunchPlan plan = given.plan(given.spec().kernel(needy), true);
        Path ofVm = Files.createDirectory(folder.resolve("vm"));

        plan.copyFiles(ofVm);

        assertThat(plan.machine(new TapNic(FakeNetwork.MAC, "tap7"), List.of(), ofVm, ofVm)
                        .kernel())
                .isEqualTo(ofVm.resolve("kernel.elf"))
                .isRegularFile();
    }

    @Test
    void readOnlyDiskIsFoundFromEveryFolder() {
        assertThat(given.plan(given.spec().readOnlyDisks(List.of(Path.of("shared.raw"))))
                        .disks(VM))
                .containsExactly(new Disk(Path.of("shared.raw").toAbsolutePath(), true));
    }

    @Test
    void commandLineIsThatOfTheMachineWithPlaceholders() {
        LaunchPlan plan = given.plan(given.spec());

        assertThat(plan.commandLine())
                .containsExactly("/opt/a vmm", "--kernel", given.kernel.toString(), "--disks", "[]");
        assertThat(given.hypervisor.planned())
                .isEqualTo(plan.machine(
                        new TapNic(given.hypervisor.planned().nic().mac(), "TAP"),
                        List.of(),
                        Path.of("VM_FOLDER"),
                        Path.of("LOGS")));
    }

    @Test
    void plannedCardOfTheUserNetworkForwardsThePorts() {
        given.network.mode = NetworkMode.USER;

        given.plan(given.spec().port(80).ports(443)).commandLine();

        assertThat(given.hypervisor.planned().nic()).isInstanceOfSatisfying(UserNic.class, nic -> {
            assertThat(nic.ports()).containsExactly(80, 443);
            assertThat(nic.capture()).isEqualTo(Path.of("VM_FOLDER/capture"));
            assertThat(nic.forwardAddress().isLoopbackAddress()).isTrue();
        });
    }

    @Test
    void printedPlanNamesAllThatIsDecided() throws IOException {
        Path image = disk("image.raw", 1);
        Path data = disk("data.raw", 2);
        Path shared = disk("shared.raw", 3);
        LaunchPlan plan =
                given.plan(given.spec().image(image).extraDisks(List.of(data)).readOnlyDisks(List.of(shared)), true);

        assertThat(plan.toString().lines())
                .containsExactly(
                        "VM 'web': ready at a DHCP lease within 5s",
                        "  hypervisor: Fake 1.0 (unikernel.hypervisor=auto (default), unikernel.network=auto (default))",
                        "  network:    tap",
                        "  kernel:     " + given.kernel + " (ELF, PVH entry 0x100000)",
                        "  entry stub: a private copy of the kernel sets ESP before its PVH entry uses it",
                        "  image:      " + image + " (private copy)",
                        "  disk:       " + data + " (private copy)",
                        "  disk:       " + shared + " (read-only)",
                        "  command:    " + ShellWords.join(plan.commandLine()));
    }

    @Test
    void printedPlanIsSilentOnWhatThereIsNot() {
        assertThat(given.plan(given.spec()).toString())
                .doesNotContain("stub:")
                .doesNotContain("doubt:")
                .doesNotContain("image:")
                .doesNotContain("disk:");
    }

    @Test
    void decisionsCanBeAskedFor() {
        LaunchPlan plan = given.plan(given.spec(), true);

        assertThat(plan.entryStub()).isTrue();
        assertThat(given.plan(given.spec()).entryStub()).isFalse();
        assertThat(plan.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(plan.workDir()).isEqualTo(given.workDir);
        assertThat(plan.fallback()).isEmpty();
        assertThat(plan.explanation().orElseThrow()).startsWith("QEMU with network 'tap' (");
        assertThat(plan.hypervisorName()).isEqualTo("Fake 1.0");
        assertThat(plan.networkMode()).isEqualTo(NetworkMode.TAP);
        assertThat(plan.kernel().path(VM, false)).isEqualTo(given.kernel);
    }

    private Path disk(String name, int content) throws IOException {
        byte[] sector = new byte[512];
        sector[100] = (byte) content;
        return Files.write(folder.resolve(name), sector);
    }
}
