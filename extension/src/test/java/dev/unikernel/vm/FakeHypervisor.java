package dev.unikernel.vm;

import dev.unikernel.hypervisor.Hypervisor;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.Vmm;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A hypervisor that starts {@link FilesVmm}s. */
final class FakeHypervisor implements Hypervisor {

    /** What the guest does at its start. */
    Consumer<FilesVmm> guest = vmm -> {};

    private Optional<Machine> planned = Optional.empty();
    private Optional<Machine> machine = Optional.empty();
    private Optional<FilesVmm> vmm = Optional.empty();

    /** The machine whose command line was asked for last. */
    Machine planned() {
        return planned.orElseThrow();
    }

    /** The machine that was started. */
    Machine machine() {
        return machine.orElseThrow();
    }

    /** Its VMM. */
    FilesVmm vmm() {
        return vmm.orElseThrow();
    }

    @Override
    public HypervisorKind kind() {
        return HypervisorKind.QEMU;
    }

    @Override
    public String describe() {
        return "Fake 1.0";
    }

    @Override
    public List<String> commandLine(Machine of) {
        planned = Optional.of(of);
        return List.of(
                "/opt/a vmm",
                "--kernel",
                of.kernel().toString(),
                "--disks",
                of.disks().toString());
    }

    @Override
    public boolean entersWithoutStack() {
        return true;
    }

    @Override
    public Vmm start(Machine wanted) {
        FilesVmm started = new FilesVmm(wanted.logFolder());
        machine = Optional.of(wanted);
        vmm = Optional.of(started);
        guest.accept(started);
        return started;
    }
}
