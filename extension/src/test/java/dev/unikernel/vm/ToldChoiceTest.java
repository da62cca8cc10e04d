package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.config.Settings;
import dev.unikernel.host.HostFixture;
import dev.unikernel.image.KernelFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of the choice of hypervisor and network where a start fails, with a QEMU that always does. */
class ToldChoiceTest {

    private static final String CHOSEN =
            "\n  chosen:   QEMU with network 'user' (unikernel.hypervisor=auto (default), unikernel.network=auto (default));";

    private final Map<String, String> values = new HashMap<>();

    @TempDir
    Path folder;

    private HostFixture machine;
    private Path kernel;

    @BeforeEach
    void makeMachine() {
        machine = Machines.bare(folder.resolve("machine"));
        machine.program(
                "qemu-system-x86_64",
                "[ \"$1\" = --version ] && echo QEMU emulator version 7.2.22 && exit; echo broken >&2; exit 1");
        kernel = KernelFile.writeTo(folder.resolve("kernel.elf"));
        values.put("unikernel.workDir", folder.resolve("work").toString());
    }

    @Test
    void failureOfAVmNamesTheChoiceAndWhyItIsNotABetterOne() {
        VmStartException failure = failure(spec().build());

        assertThat(failure)
                .hasMessageContainingAll(
                        "did not become ready",
                        CHOSEN + " not Cloud Hypervisor with network 'tap'",
                        ", as there is no cloud-hypervisor on PATH; not QEMU with network 'tap'",
                        "as a tap would change the network of this machine");
        assertThat(chosenLines(failure)).hasSize(1);
    }

    @Test
    void failureOfWhatIsAskedForNamesNoChoice() {
        values.put("unikernel.hypervisor", "qemu");
        values.put("unikernel.network", "user");

        assertThat(chosenLines(failure(spec().build()))).isEmpty();
    }

    @Test
    void failureBeforeTheVmNamesTheChoice() {
        VmStartException argument =
                failure(spec().hypervisorArgs(List.of("-kernel", "x")).build());
        VmStartException readiness =
                failure(spec().readyWhen(new ReadyWhen.Tcp()).build());

        assertThat(argument).isInstanceOf(VmStartException.BadInput.class).hasMessageContaining(CHOSEN);
        assertThat(readiness)
                .isInstanceOf(VmStartException.BadInput.class)
                .hasMessageContainingAll("the forwarder accepts before the guest does", CHOSEN);
    }

    @Test
    void choiceThatIsNotTheBestIsToldOfOnceForAllVms() {
        // Another reason than in the other tests of this JVM.
        machine.program("cloud-hypervisor", "echo cloud-hypervisor v31.0");
        List<String> told = told(() -> {
            failure(spec().name("a").build());
            failure(spec().name("b").build());
        });

        assertThat(told).hasSize(1);
        assertThat(told.get(0))
                .startsWith("WARNING: VMs run on QEMU with network 'user' (unikernel.hypervisor=auto (default),")
                .contains("not Cloud Hypervisor with network 'tap'", "has version 31.0, but at least 32.1 is needed")
                .contains(" For Cloud Hypervisor: ", "install a newer Cloud Hypervisor");
    }

    @Test
    void choiceThatWasAskedForIsNotToldOf() {
        values.put("unikernel.hypervisor", "qemu");
        values.put("unikernel.network", "user");

        assertThat(told(() -> failure(spec().build()))).isEmpty();
    }

    private VmSpec.Builder spec() {
        return VmSpec.builder().kernel(kernel);
    }

    private VmStartException failure(VmSpec spec) {
        VmLauncher launcher = new VmLauncher(Settings.only(values), machine.host());
        return catchThrowableOfType(
                VmStartException.class, () -> launcher.start(spec).close());
    }

    private static List<String> chosenLines(VmStartException failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .filter(line -> line.startsWith("  chosen:"))
                .toList();
    }

    private static List<String> told(Runnable during) {
        try (LogCapture log = new LogCapture()) {
            during.run();
            return log.lines().stream()
                    .filter(line -> line.contains("VMs run on"))
                    .toList();
        }
    }
}
