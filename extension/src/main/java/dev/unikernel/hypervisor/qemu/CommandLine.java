package dev.unikernel.hypervisor.qemu;

import dev.unikernel.hypervisor.Disk;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.OwnOptions;
import dev.unikernel.network.Nic;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.UserNic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** QEMU's command line for one machine: q35 with qboot, which starts the kernel in a hundredth of SeaBIOS' time. */
final class CommandLine {

    /** The name of the guest's connection, which has the card's other end. */
    static final String NIC = "net0";

    private static final String REMOVE = "remove it";
    private static final String SERIAL = "the serial line is kept in the VM's folder; use the annotation's attributes";
    private static final OwnOptions OWN = own(Map.ofEntries(
            Map.entry("-M", REMOVE + ": the machine is q35"),
            Map.entry("-machine", REMOVE + ": the machine is q35"),
            Map.entry("-accel", "choose with unikernel.hypervisor"),
            Map.entry("-enable-kvm", "choose with unikernel.hypervisor"),
            Map.entry("-cpu", REMOVE + ": the processor is 'max'"),
            Map.entry("-smp", "use the annotation's 'cpus'"),
            Map.entry("-m", "use the annotation's 'memory'"),
            Map.entry("-bios", REMOVE + ": the firmware is qboot.rom"),
            Map.entry("-kernel", "use the annotation's 'kernel'"),
            Map.entry("-initrd", "use the annotation's 'initramfs'"),
            Map.entry("-append", "use the annotation's 'cmdline'"),
            Map.entry("-nodefaults", REMOVE),
            Map.entry("-no-user-config", REMOVE),
            Map.entry("-display", REMOVE + ": there is no display"),
            Map.entry("-nographic", REMOVE + ": there is no display"),
            Map.entry("-serial", SERIAL),
            Map.entry("-no-reboot", REMOVE),
            Map.entry("-no-shutdown", REMOVE + ": the end of the process is how a guest's end is seen"),
            Map.entry("-action", REMOVE + ": the end of the process is how a guest's end is seen"),
            Map.entry("-daemonize", REMOVE + ": the process is supervised"),
            Map.entry("-S", REMOVE)));

    private CommandLine() {}

    static Path serial(Machine machine) {
        return machine.logFolder().resolve("serial.log");
    }

    static Path resets(Machine machine) {
        return machine.folder().resolve("resets.log");
    }

    static List<String> of(Path binary, boolean kvm, Machine machine) {
        OWN.refuseIn(machine.hypervisorArgs());
        List<String> line = new ArrayList<>(List.of(binary.toString(), "-nodefaults", "-no-user-config"));
        line.addAll(List.of("-M", "q35", "-accel", kvm ? "kvm" : "tcg", "-cpu", "max"));
        line.addAll(List.of("-smp", Integer.toString(machine.cpus()), "-m", memory(machine), "-display", "none"));
        line.addAll(List.of("-bios", "qboot.rom", "-kernel", machine.kernel().toString()));
        machine.initramfs().ifPresent(initramfs -> line.addAll(List.of("-initrd", initramfs.toString())));
        if (!machine.cmdline().isEmpty()) {
            line.addAll(List.of("-append", machine.cmdline()));
        }
        addDisks(line, machine.disks());
        addNic(line, machine.nic());
        addTongues(line, machine);
        line.addAll(machine.hypervisorArgs());
        return List.copyOf(line);
    }

    private static void addDisks(List<String> line, List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            line.addAll(List.of(
                    "-drive",
                    "file=" + optionPath(disk.path()) + ",format=raw,if=none,id=disk" + i
                            + (disk.readOnly() ? ",readonly=on" : ""),
                    "-device",
                    "virtio-blk-pci,drive=disk" + i));
        }
    }

    private static void addNic(List<String> line, Nic nic) {
        if (nic instanceof TapNic tap) {
            line.addAll(List.of("-netdev", "tap,id=net0,ifname=" + tap.tap() + ",script=no,downscript=no"));
        } else if (nic instanceof UserNic user) {
            StringBuilder netdev = new StringBuilder("user,id=net0").append(user.outbound() ? "" : ",restrict=on");
            for (int port : user.ports()) {
                netdev.append(",hostfwd=tcp:")
                        .append(user.forwardAddress().getHostAddress())
                        .append(":" + port + "-:" + port);
            }
            line.addAll(List.of("-netdev", netdev.toString()));
            line.addAll(List.of("-object", "filter-dump,id=dump0,netdev=net0,file=" + optionPath(user.capture())));
        }
        // An option ROM would only be in the way: nobody boots from the network.
        line.addAll(List.of("-device", "virtio-net-pci,netdev=net0,mac=" + nic.mac() + ",romfile="));
    }

    /**
     * How QEMU talks: the guest's serial line into its file; QMP on standard input and output, with the guest waiting
     * until we have asked for events (-S), as a triple fault and a power-off both end the process with 0; and the log of
     * processor resets, which names a triple fault.
     */
    private static void addTongues(List<String> line, Machine machine) {
        line.addAll(List.of("-chardev", "file,id=serial0,path=" + optionPath(serial(machine))));
        line.addAll(List.of("-serial", "chardev:serial0"));
        line.addAll(List.of("-chardev", "stdio,id=qmp0,signal=off", "-mon", "chardev=qmp0,mode=control"));
        line.addAll(List.of(
                "-S", "-no-reboot", "-d", "cpu_reset", "-D", resets(machine).toString()));
    }

    private static String memory(Machine machine) {
        String text = machine.memoryText();
        // A bare number would be taken for MiB.
        return Character.isDigit(text.charAt(text.length() - 1)) ? text + "B" : text;
    }

    /** A path inside an option, where a comma is doubled (QemuOpts). */
    private static String optionPath(Path path) {
        return path.toString().replace(",", ",,");
    }

    /** QEMU takes each option with one dash or two. */
    private static OwnOptions own(Map<String, String> instead) {
        Map<String, String> both = new HashMap<>(instead);
        instead.forEach((option, next) -> both.put("-" + option, next));
        return new OwnOptions(both);
    }
}
