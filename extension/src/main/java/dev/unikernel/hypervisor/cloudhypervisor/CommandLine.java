package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.Disk;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.OwnOptions;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.network.TapNic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Cloud Hypervisor's command line for one machine, in the grammar of one version. */
final class CommandLine {

    /** The id of the network card, as events name it. */
    static final String NIC_ID = "net0";

    /** A unix socket's path has 107 bytes and a NUL (unix(7)). */
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final String SERIAL = "the serial line is kept in the VM's folder; use the annotation's attributes";
    private static final OwnOptions OWN = new OwnOptions(Map.ofEntries(
            Map.entry("--cpus", "use the annotation's 'cpus'"),
            Map.entry("--memory", "use the annotation's 'memory'"),
            Map.entry("--kernel", "use the annotation's 'kernel'"),
            Map.entry("--firmware", "use the annotation's 'kernel'"),
            Map.entry("--igvm", "use the annotation's 'kernel'"),
            Map.entry("--initramfs", "use the annotation's 'initramfs'"),
            Map.entry("--cmdline", "use the annotation's 'cmdline'"),
            Map.entry("--disk", "use the annotation's 'image' and 'extraDisks'"),
            Map.entry("--net", "remove it: the guest has one card, whose address is injected"),
            Map.entry("--console", SERIAL),
            Map.entry("--serial", SERIAL),
            Map.entry("--log-file", "remove it: the log is vmm.log in the VM's folder"),
            Map.entry("--log-format", "remove it: the log is read when a VM fails"),
            Map.entry("--event-monitor", "remove it: the events are events.json in the VM's folder"),
            Map.entry("--api-socket", "remove it: the socket is api.sock in the VM's folder"),
            Map.entry("--restore", "remove it: it cannot be combined with a kernel"),
            Map.entry("--no-shutdown", "remove it: the end of the process is how a guest's end is seen")));

    private CommandLine() {}

    static Path events(Machine machine) {
        return machine.folder().resolve("events.json");
    }

    static Path apiSocket(Machine machine) {
        return machine.folder().resolve("api.sock");
    }

    static List<String> of(Path binary, Version version, Machine machine) {
        OWN.refuseIn(machine.hypervisorArgs());
        if (!(machine.nic() instanceof TapNic nic)) {
            throw new HypervisorException(
                    "Cloud Hypervisor connects its guests by tap devices only, but VM '" + machine.name()
                            + "' has a user network",
                    "set unikernel.network to another mode, or" + " unikernel.hypervisor=qemu");
        }
        List<String> line = new ArrayList<>(List.of(binary.toString(), "-v"));
        line.addAll(List.of("--cpus", "boot=" + machine.cpus()));
        line.addAll(List.of("--memory", "size=" + machine.memoryText()));
        line.addAll(List.of("--console", "off", "--serial", "tty"));
        line.addAll(List.of("--kernel", machine.kernel().toString()));
        machine.initramfs().ifPresent(initramfs -> line.addAll(List.of("--initramfs", initramfs.toString())));
        if (!machine.cmdline().isEmpty()) {
            line.addAll(List.of("--cmdline", machine.cmdline()));
        }
        addDisks(line, version, machine.disks());
        line.addAll(List.of("--net", "tap=" + nic.tap() + ",mac=" + nic.mac() + ",id=" + NIC_ID));
        line.addAll(List.of("--event-monitor", "path=" + optionPath(events(machine))));
        line.addAll(List.of("--api-socket", socketPath(apiSocket(machine))));
        line.addAll(machine.hypervisorArgs());
        return List.copyOf(line);
    }

    private static void addDisks(List<String> line, Version version, List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            if (i == 0 || !Gate.SEVERAL_VALUES_PER_OPTION.isPassedBy(version)) {
                line.add("--disk");
            }
            line.add("path=" + optionPath(disk.path()) + ",id=disk" + i
                    + (disk.readOnly() ? ",readonly=on" : "")
                    + (Gate.IMAGE_TYPE.isPassedBy(version) ? ",image_type=raw" : ""));
        }
    }

    /** A path inside an option, whose grammar gives a meaning to these characters and has no escape for all of them. */
    private static String optionPath(Path path) {
        String text = path.toString();
        if (text.matches(".*[,\"\\[\\]].*")) {
            throw new HypervisorException(
                    "Cloud Hypervisor's options cannot name the path '" + text
                            + "': it has one of the characters , \" [ ]",
                    "use a path without them");
        }
        return text;
    }

    private static String socketPath(Path socket) {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            throw new HypervisorException(
                    "the path of a unix socket may have " + LONGEST_SOCKET_PATH + " bytes, but '" + socket + "' has "
                            + length,
                    "set unikernel.workDir to a folder with a shorter path");
        }
        return socket.toString();
    }
}
