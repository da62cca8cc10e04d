package dev.unikernel.vm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Durations;
import dev.unikernel.config.Settings;
import dev.unikernel.host.HostFixture;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.image.ElfBuilder;
import dev.unikernel.image.ImageException;
import dev.unikernel.image.KernelFile;
import dev.unikernel.image.nanos.TfsImage;
import dev.unikernel.junit.FakeVmm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class VmLauncherTest {

    @TempDir
    Path folder;

    private final Map<String, String> settings = new HashMap<>();
    private HostFixture machine;
    private Path kernel;

    @BeforeEach
    void makeMachine() {
        machine = Machines.bare(folder);
        settings.put("unikernel.workDir", folder.resolve("work").toString());
        kernel = KernelFile.writeTo(folder.resolve("kernel.elf"));
    }

    @Test
    void onlyAVmThatShallReachOutIsConnectedSo() {
        LaunchPlan plan = plan(spec().outbound(true));

        assertThat(String.join(" ", plan.commandLine())).contains(" user,id=net0,hostfwd=");
        assertThat(plan.toString()).contains("network:    user, outbound");
        assertThat(String.join(" ", plan(spec()).commandLine())).contains(" user,id=net0,restrict=on,hostfwd=");
    }

    @Test
    void networkWithOtherVmsNeedsANetworkModeThatHasIt() {
        assertThatThrownBy(() -> plan(spec().name("web").network("lan")))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageStartingWith(
                        "VM 'web' shall share the network 'lan' with other VMs, but the network mode 'user'"
                                + " connects each guest by itself. Next: use the network mode 'namespace' or 'tap'");
    }

    @Test
    void planIsMadeOfTheSpecificationAndTheSettings() {
        settings.put("unikernel.timeoutFactor", "2.5");

        LaunchPlan plan = plan(spec().startupTimeout(Duration.ofSeconds(4)).cmdline("quiet"));

        assertThat(plan.spec().cmdline()).isEqualTo("quiet");
        assertThat(plan.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(plan.workDir()).isEqualTo(folder.resolve("work"));
        assertThat(plan.hypervisorName()).isEqualTo("QEMU 7.2.22 (TCG)");
        assertThat(plan.entryStub()).isFalse();
        assertThat(plan.fallback().orElseThrow()).startsWith("there is no cloud-hypervisor on PATH");
        assertThat(plan.commandLine()).contains("-append", "quiet", kernel.toString());
        assertThat(folder.resolve("work")).doesNotExist();
    }

    @Test
    void whoeverDebugsHasTime() {
        debug();

        assertThat(plan(spec()).timeout()).isEqualTo(Durations.MAXIMUM);
    }

    @Test
    void eachDiskMustBeRaw() throws IOException {
        Path qcow2 =
                Files.write(folder.resolve("disk.qcow2"), Arrays.copyOf(new byte[] {'Q', 'F', 'I', (byte) 0xfb}, 512));

        for (VmSpec.Builder spec :
                List.of(spec().image(qcow2), spec().extraDisks(List.of(qcow2)), spec().readOnlyDisks(List.of(qcow2)))) {
            assertThatThrownBy(() -> plan(spec))
                    .isInstanceOf(VmStartException.BadInput.class)
                    .hasMessageStartingWith(
                            "VM 'web' cannot be started: The image " + qcow2 + " is a qcow2 disk image.")
                    .hasCauseInstanceOf(ImageException.class);
        }
    }

    @Test
    void kernelMustFitIntoTheMemory() {
        assertThatThrownBy(() -> plan(spec().memory("1M")))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessageContaining("Give the guest more memory than that.");
    }

    @Test
    void initramfsMustBeThere() {
        assertThatThrownBy(() -> plan(spec().initramfs(folder.resolve("nowhere"))))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessageContaining(folder.resolve("nowhere").toString());
    }

    @Test
    void memoryMustBeThatOfTheMachineAtMost() {
        machine.write(machine.proc.resolve("meminfo"), "MemTotal: 131072 kB\n");

        assertThatThrownBy(() -> plan(spec().memory("129M")))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessageStartingWith("VM 'web' cannot be started with memory \"129M\": ");
        assertThat(plan(spec().memory("128M")).spec().memory()).hasToString("128M");
    }

    @Test
    void kernelMustBeOneThatTheHypervisorLoads() {
        Path twoNotes = new ElfBuilder()
                .load(0x100000, new byte[64])
                .notes(ElfBuilder.pvhNote(0x100000))
                .notes(new byte[0])
                .write(folder.resolve("two-notes.elf"));
        assertThat(plan(spec().kernel(twoNotes)).hypervisorName()).startsWith("QEMU");

        machine = Machines.complete(folder);
        assertThatThrownBy(() -> plan(spec().kernel(twoNotes)))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessageContaining("Cloud Hypervisor looks at the last one only");
    }

    @Test
    void planSaysWhatIsDoubtful() throws IOException {
        Path other = new ElfBuilder()
                .load(0x200000, Arrays.copyOf("x".getBytes(US_ASCII), 600))
                .notes(ElfBuilder.pvhNote(0x200000))
                .write(folder.resolve("other.elf"));

        assertThat(plan(spec().kernel(other).image(nanos(kernel))).toString())
                .contains("\n  doubt:      the kernel " + other + " is not the one in the image ");
    }

    @Test
    void connectionProvesNothingBehindAForwarder() {
        assertThatThrownBy(() -> plan(spec().readyWhen(ReadyWhen.tcp())))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessageContaining("the forwarder accepts before the guest does");
        assertThat(plan(spec().readyWhen(ReadyWhen.leased())).networkMode().key())
                .isEqualTo("user");
    }

    @Test
    void connectionProvesAGuestBehindATap() {
        machine = Machines.complete(folder);

        assertThat(plan(spec().readyWhen(ReadyWhen.tcp())).networkMode().key()).isEqualTo("tap");
    }

    @Test
    void argumentThatTheLauncherSetsItselfIsRefused() {
        assertThatThrownBy(() -> plan(spec().hypervisorArgs(List.of("-m", "1G"))))
                .isInstanceOf(VmStartException.BadInput.class)
                .hasCauseInstanceOf(HypervisorException.class)
                .hasMessageStartingWith("VM 'web' cannot be started: ");
    }

    @Test
    void machineWithoutAHypervisorIsAMissingPrerequisite() {
        machine = new HostFixture(folder);
        assertThatThrownBy(() -> plan(spec())).isInstanceOf(VmStartException.PrerequisiteMissing.class);
        assertThat(launcher().missing().orElseThrow()).hasMessageContaining("there is no cloud-hypervisor");
        machine = Machines.bare(folder);
        assertThat(launcher().missing()).isEmpty();
    }

    @Test
    void binaryThatCannotBeUsedIsAMissingPrerequisite() {
        settings.put(
                "unikernel.qemu.binary",
                machine.program("other", "echo something else").toString());

        assertThatThrownBy(() -> plan(spec()))
                .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                .hasMessageStartingWith("VM 'web' cannot be started: ")
                .hasCauseInstanceOf(HypervisorException.class);
        assertThat(launcher().missing().orElseThrow())
                .hasMessageStartingWith("No VM can be started: ")
                .hasCauseInstanceOf(HypervisorException.class);
    }

    @Test
    void kernelThatNeedsAStackGetsOneWhereThereIsNone() {
        Path needy = callingAtItsEntry();
        assertThat(plan(spec().kernel(needy)).entryStub())
                .as("QEMU gives a stack")
                .isFalse();

        machine = Machines.complete(folder);
        assertThat(plan(spec().kernel(needy)).entryStub()).isTrue();
        assertThat(plan(spec()).entryStub()).as("another kernel").isFalse();
        settings.put("unikernel.entryStub", "off");
        assertThat(plan(spec().kernel(needy)).entryStub()).as("not wanted").isFalse();
    }

    @Test
    void interruptedThreadGetsNoPlan() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> plan(spec())).isInstanceOf(VmStartException.Interrupted.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void threadThatIsInterruptedWhileOthersBootDoesNotStart() throws InterruptedException {
        settings.put("unikernel.maxConcurrentBoots", "1");
        try (BootLimit.Turn other = BootLimit.ofThisJvm().await(Integer.MAX_VALUE)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> start(spec()))
                    .isInstanceOf(VmStartException.Interrupted.class)
                    .hasMessageContaining("while it waited for others to boot");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void startedVmIsTheOneOfThePlan() {
        settings.put("unikernel.qemu.binary", FakeVmm.script(folder).toString());
        // A choice is told of once in a JVM; this reason nobody else has.
        machine.write(machine.proc.resolve("self/net/dev"), "head\nhead\nonly-here0: 0 0\n");

        try (LogCapture log = new LogCapture();
                Vm vm = start(spec().cmdline("name=web"))) {
            assertThat(vm.isRunning()).isTrue();
            assertThat(vm.serialLog())
                    .isEqualTo(folder.resolve("work/web/serial.log"))
                    .hasContent("fake guest web");
            assertThat(vm.address().isLoopbackAddress()).isTrue();
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARNING: VMs run on QEMU with network 'user' (unikernel.hypervisor=auto (default),")
                    .contains("not Cloud Hypervisor with network 'tap'", ", as there is no cloud-hypervisor on PATH;")
                    .contains("this network namespace has only-here0", ". For Cloud Hypervisor: Install it,");
        }
    }

    @Test
    void turnIsGivenBackByAStartThatFails() {
        settings.put("unikernel.maxConcurrentBoots", "1");
        settings.put("unikernel.hypervisor", "qemu");

        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> start(spec())).isInstanceOf(VmStartException.class);
        }
    }

    @Test
    void kernelThatIsNotTheNamedOneIsTold() throws IOException {
        settings.put("unikernel.hypervisor", "qemu");
        Path image = nanos(kernel);
        Path other = new ElfBuilder()
                .load(0x200000, Arrays.copyOf("x".getBytes(US_ASCII), 600))
                .notes(ElfBuilder.pvhNote(0x200000))
                .write(folder.resolve("other.elf"));

        assertThat(logOfAStart(VmSpec.builder().name("web").image(image)))
                .containsExactly("INFO: VM 'web' boots the kernel in " + image + ", as none is named");
        assertThat(logOfAStart(VmSpec.builder().name("web").image(image).kernel(other)))
                .singleElement()
                .asString()
                .startsWith("WARNING: VM 'web': the kernel " + other + " is not the one in the image " + image);
    }

    @Test
    void entryStubAndDebuggerAreTold() {
        machine = Machines.complete(folder);
        debug();
        Path needy = callingAtItsEntry();

        assertThat(logOfAStart(spec().kernel(needy)))
                .satisfiesExactly(
                        stub -> assertThat(stub)
                                .startsWith("INFO: VM 'web' boots a private copy of " + needy + " with an entry stub")
                                .endsWith("(unikernel.entryStub=off boots it as it is)"),
                        debugger -> assertThat(debugger)
                                .isEqualTo(
                                        "INFO: VM 'web' has no timeout, because this JVM was started for a debugger"));
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void programWithoutJunitSetsSystemProperties() {
        System.setProperty("unikernel.tap", "no-such-tap0");
        System.setProperty("unikernel.network", "user");
        try {
            assertThat(VmLauncher.create().missing().orElseThrow())
                    .hasMessageContaining("system property unikernel.tap");
        } finally {
            System.clearProperty("unikernel.tap");
            System.clearProperty("unikernel.network");
        }
    }

    @Test
    void launcherOfGivenSettingsLooksAtThoseAlone() {
        assertThat(VmLauncher.create(Settings.only(Map.of("unikernel.tap", "tap0", "unikernel.network", "user")))
                        .missing()
                        .orElseThrow())
                .hasMessageContaining("unikernel.tap=tap0");
    }

    private VmLauncher launcher() {
        return new VmLauncher(Settings.only(settings), machine.host());
    }

    private void debug() {
        machine.environment.put("JAVA_TOOL_OPTIONS", "-agentlib:jdwp=transport=dt_socket");
    }

    private VmSpec.Builder spec() {
        return VmSpec.builder().name("web").kernel(kernel);
    }

    private LaunchPlan plan(VmSpec.Builder spec) {
        return launcher().plan(spec.build());
    }

    private Vm start(VmSpec.Builder spec) {
        return launcher().start(spec.build());
    }

    /** What is said before a boot, which fails. */
    private List<String> logOfAStart(VmSpec.Builder spec) {
        // The folder for logs cannot be made there: no VM is started.
        settings.put("unikernel.workDir", kernel.resolve("work").toString());
        try (LogCapture log = new LogCapture()) {
            assertThatThrownBy(() -> start(spec))
                    .isInstanceOf(VmStartException.PrerequisiteMissing.class)
                    .hasMessageContaining("unikernel.workDir");
            // Which hypervisor and network were chosen is told by whoever asks first.
            return log.lines().stream()
                    .filter(line -> line.contains("VM 'web'"))
                    .toList();
        }
    }

    private Path callingAtItsEntry() {
        byte[] code = new byte[600];
        code[0] = (byte) 0xe8;
        return new ElfBuilder()
                .load(0x200000, code)
                .notes(ElfBuilder.pvhNote(0x200000))
                .write(folder.resolve("needy.elf"));
    }

    private Path nanos(Path embedded) throws IOException {
        int size = (int) Files.size(embedded);
        return new TfsImage()
                .fileSystem(
                        TfsImage.BOOT,
                        Map.of(
                                "children",
                                Map.of(
                                        "kernel",
                                        TfsImage.file(size, Map.of("0", TfsImage.extent(20, (size + 511) / 512))))))
                .put(TfsImage.BOOT + 20 * 512, Files.readAllBytes(embedded))
                .write(folder.resolve("nanos.img"));
    }
}
