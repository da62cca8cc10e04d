package dev.unikernel.hypervisor;

import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Nic;
import dev.unikernel.network.TapNic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds machines that nobody starts, or whose folders are a test's own. */
public final class TestMachine {

    private final List<Disk> disks = new ArrayList<>();
    private Path kernel = Path.of("/k/kernel.img");
    private Optional<Path> initramfs = Optional.empty();
    private String cmdline = "";
    private long memoryBytes = 256L << 20;
    private Nic nic = new TapNic(MacAddress.parse("02:00:00:00:00:01"), "uk0");
    private List<String> hypervisorArgs = List.of();
    private Path folder = Path.of("/run/vm");
    private Path logFolder = Path.of("/logs/vm");

    public TestMachine kernel(Path path) {
        kernel = path;
        return this;
    }

    public TestMachine initramfs(String path) {
        initramfs = Optional.of(Path.of(path));
        return this;
    }

    public TestMachine cmdline(String text) {
        cmdline = text;
        return this;
    }

    public TestMachine memoryBytes(long bytes) {
        memoryBytes = bytes;
        return this;
    }

    public TestMachine disk(String path) {
        disks.add(new Disk(Path.of(path), false));
        return this;
    }

    public TestMachine readOnlyDisk(String path) {
        disks.add(new Disk(Path.of(path), true));
        return this;
    }

    public TestMachine nic(Nic card) {
        nic = card;
        return this;
    }

    public TestMachine hypervisorArgs(String... arguments) {
        hypervisorArgs = List.of(arguments);
        return this;
    }

    public TestMachine folder(Path path) {
        folder = path;
        return this;
    }

    public TestMachine logFolder(Path path) {
        logFolder = path;
        return this;
    }

    public Machine build() {
        return new Machine(
                "web", kernel, initramfs, cmdline, memoryBytes, 1, disks, nic, hypervisorArgs, folder, logFolder);
    }
}
