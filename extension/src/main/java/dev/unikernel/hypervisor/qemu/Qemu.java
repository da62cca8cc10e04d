package dev.unikernel.hypervisor.qemu;

import dev.unikernel.hypervisor.Hypervisor;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.hypervisor.VersionQuery;
import dev.unikernel.hypervisor.Vmm;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** QEMU for x86-64 from 6.0 on, with its own emulation (TCG) or with KVM. */
public final class Qemu implements Hypervisor {

    /** {@code QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)}. */
    private static final VersionQuery QUERY = new VersionQuery(
            HypervisorKind.QEMU,
            Pattern.compile("QEMU emulator version (\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?"),
            "QEMU emulator version 7.2.22",
            new Version(6, 0),
            "older ones do not all have the firmware qboot.rom");

    private final Path binary;
    private final Version version;
    private final boolean kvm;

    /** For a binary whose version is known. */
    Qemu(Path binary, Version version, boolean kvm) {
        this.binary = binary;
        this.version = version;
        this.kvm = kvm;
    }

    /**
     * Asks a binary for its version.
     *
     * @param kvm whether guests run on KVM; otherwise QEMU emulates their processor
     * @throws HypervisorException if it is missing, cannot be run, is something else or too old
     */
    public static Qemu at(Path binary, boolean kvm) {
        return new Qemu(binary, QUERY.ask(binary), kvm);
    }

    public Version version() {
        return version;
    }

    @Override
    public HypervisorKind kind() {
        return HypervisorKind.QEMU;
    }

    @Override
    public String describe() {
        return kind().title() + " " + version + (kvm ? " (KVM)" : " (TCG)");
    }

    @Override
    public List<String> commandLine(Machine machine) {
        return CommandLine.of(binary, kvm, machine);
    }

    /** The firmware qboot has a stack of its own when it enters the kernel. */
    @Override
    public boolean entersWithoutStack() {
        return false;
    }

    @Override
    public Vmm start(Machine machine) {
        return QemuVmm.launch(commandLine(machine), machine);
    }
}
