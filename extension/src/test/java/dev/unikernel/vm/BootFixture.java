package dev.unikernel.vm;

import dev.unikernel.config.Settings;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.image.KernelFile;
import dev.unikernel.network.NetworkMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Boots between a hypervisor and a network that are but files and fields: they take milliseconds, and fail on demand. */
final class BootFixture {

    private static final Decision DECISION = new Decision(
            new Decision.Pair(HypervisorKind.QEMU, NetworkMode.TAP), Wanted.by(Settings.only(Map.of())), List.of());

    final FakeHypervisor hypervisor = new FakeHypervisor();
    final FakeNetwork network = new FakeNetwork();
    final Path kernel;
    final Path workDir;

    BootFixture(Path folder) {
        kernel = KernelFile.writeTo(folder.resolve("kernel.elf"));
        workDir = folder.resolve("work");
    }

    /** Ready at the lease, within a time that nobody has to wait for. */
    VmSpec.Builder spec() {
        return VmSpec.builder()
                .name("web")
                .kernel(kernel)
                .readyWhen(ReadyWhen.leased())
                .startupTimeout(Duration.ofSeconds(5));
    }

    LaunchPlan plan(VmSpec.Builder spec) {
        return plan(spec, false);
    }

    LaunchPlan plan(VmSpec.Builder builder, boolean entryStub) {
        VmSpec spec = builder.build();
        Choice choice = new Choice(hypervisor, network, DECISION);
        return new LaunchPlan(spec, BootKernel.of(spec), choice, entryStub, spec.startupTimeout(), workDir, this);
    }

    Vm boot(VmSpec.Builder spec) {
        return new Boot(plan(spec), System.nanoTime()).run();
    }

    /** A VM that is ready at once. */
    Vm boot() {
        network.giveLease();
        return boot(spec());
    }
}
