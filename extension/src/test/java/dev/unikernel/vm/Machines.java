package dev.unikernel.vm;

import dev.unikernel.host.HostFixture;
import java.nio.file.Path;

/** Machines that can do this or that, made in a folder. */
final class Machines {

    private static final String INTERFACES = "Inter-| Receive\n face |bytes\n    lo: 0 0\n";

    private Machines() {}

    /** Everything is there: both hypervisors, KVM, taps, a network namespace of our own. */
    static HostFixture complete(Path folder) {
        HostFixture machine = bare(folder);
        machine.program("cloud-hypervisor", "echo cloud-hypervisor v53.0.0");
        machine.write(machine.dev.resolve("kvm"), "");
        machine.write(machine.dev.resolve("net/tun"), "");
        machine.write(machine.proc.resolve("self/net/dev"), INTERFACES);
        machine.write(machine.proc.resolve("self/status"), "CapEff:\t000001ffffffffff\n");
        return machine;
    }

    /** A laptop without Cloud Hypervisor, KVM, taps or any right, but with QEMU. */
    static HostFixture bare(Path folder) {
        HostFixture machine = new HostFixture(folder);
        machine.program("qemu-system-x86_64", "echo QEMU emulator version 7.2.22");
        machine.write(machine.proc.resolve("cpuinfo"), "flags\t\t: fpu svm sse\n");
        machine.write(machine.proc.resolve("meminfo"), "MemTotal: 8388608 kB\nMemAvailable: 2097152 kB\n");
        machine.write(machine.proc.resolve("self/status"), "CapEff:\t0000000000000000\n");
        withForeignInterface(machine);
        return machine;
    }

    static void withForeignInterface(HostFixture machine) {
        machine.write(machine.proc.resolve("self/net/dev"), INTERFACES + "  eth0: 1 2\n");
    }
}
