package dev.unikernel.vm;

import dev.unikernel.config.Durations;
import dev.unikernel.hypervisor.Disk;
import dev.unikernel.hypervisor.Hypervisor;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.image.DiskImage;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Nic;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.UserNic;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a start would do, decided but not done: the specification, checked against its files and this machine. Printed
 * by {@link #toString}; made by {@link VmLauncher#plan}, which starts nothing.
 */
public final class LaunchPlan {

    private final VmSpec spec;
    private final BootKernel kernel;
    private final Choice choice;
    private final boolean entryStub;
    private final Duration timeout;
    private final Path workDir;
    private final Object networks;

    /** @param networks whose the networks are that the VM may share with others */
    LaunchPlan(
            VmSpec spec,
            BootKernel kernel,
            Choice choice,
            boolean entryStub,
            Duration timeout,
            Path workDir,
            Object networks) {
        this.spec = spec;
        this.kernel = kernel;
        this.choice = choice;
        this.entryStub = entryStub;
        this.timeout = timeout;
        this.workDir = workDir;
        this.networks = networks;
    }

    public VmSpec spec() {
        return spec;
    }

    /** How long the VM may take to become ready: the specification's time, {@code unikernel.timeoutFactor} applied. */
    public Duration timeout() {
        return timeout;
    }

    /** The folder below which logs are kept. */
    public Path workDir() {
        return workDir;
    }

    /** Why there is no Cloud Hypervisor in this plan although none but it was asked for; empty if there is no such reason. */
    public Optional<String> fallback() {
        return choice.decision().fallback();
    }

    /**
     * Which hypervisor and network were chosen, by which settings, and why not a pair that is preferred, in one line; empty
     * if the settings left no choice.
     */
    public Optional<String> explanation() {
        return choice.decision().explanation();
    }

    /** The hypervisor's name and version. */
    public String hypervisorName() {
        return choice.hypervisor().describe();
    }

    public NetworkMode networkMode() {
        return choice.network().mode();
    }

    /**
     * Whether a private copy of the kernel is booted that sets a stack before the kernel's own PVH entry, which would use
     * one that it has not set: the setting {@code unikernel.entryStub}.
     */
    public boolean entryStub() {
        return entryStub;
    }

    /** The guest's ports that the test wants to reach: the main one first, none twice. */
    public List<Integer> ports() {
        return Stream.concat(Stream.of(spec.port()), spec.ports().stream())
                .distinct()
                .toList();
    }

    Decision decision() {
        return choice.decision();
    }

    Hypervisor hypervisor() {
        return choice.hypervisor();
    }

    GuestNetwork network() {
        return spec.outbound() ? choice.network().outbound() : choice.network();
    }

    /** The segment that the VM shares with others, if it does. */
    Optional<SegmentKey> segment() {
        return spec.network().isEmpty() ? Optional.empty() : Optional.of(new SegmentKey(networks, spec.network()));
    }

    /** The command line for the guest. */
    String cmdline(Function<String, String> addressOf) {
        return PeerAddresses.resolve(spec.cmdline(), addressOf);
    }

    /** The machine as the VMM will be asked to run it, unless its command line asks for addresses. */
    Machine machine(Nic nic, List<Disk> disks, Path folder, Path logFolder) {
        return machine(spec.cmdline(), nic, disks, folder, logFolder);
    }

    /** The machine as the VMM will be asked to run it. {@code disks} are the private copies. */
    Machine machine(String cmdline, Nic nic, List<Disk> disks, Path folder, Path logFolder) {
        return new Machine(
                spec.name(),
                kernel.path(folder, entryStub),
                spec.initramfs(),
                cmdline,
                spec.memory().bytes(),
                spec.cpus(),
                disks,
                nic,
                spec.hypervisorArgs(),
                folder,
                logFolder);
    }

    BootKernel kernel() {
        return kernel;
    }

    /** Makes the private copies in the VM's folder: of the kernel, if this plan has one, and of the disks. */
    void copyFiles(Path folder) {
        kernel.copyTo(folder, entryStub);
        List<Disk> copies = disks(folder);
        for (int index = 0; index < copied().size(); index++) {
            DiskImage.inspect(copied().get(index)).privateCopy(copies.get(index).path());
        }
    }

    /** The disks as the VMM sees them, the image first: the private copies, then the read-only ones as they are. */
    List<Disk> disks(Path folder) {
        List<Disk> disks = new ArrayList<>();
        for (int index = 0; index < copied().size(); index++) {
            disks.add(new Disk(folder.resolve("disk" + index + ".raw"), false));
        }
        spec.readOnlyDisks().forEach(disk -> disks.add(new Disk(disk.toAbsolutePath(), true)));
        return disks;
    }

    /** What a guest may write to is a copy. */
    private List<Path> copied() {
        return Stream.concat(spec.image().stream(), spec.extraDisks().stream()).toList();
    }

    /** The plan for people: what, with what, why, and the command line with placeholders for what is made at the start. */
    @Override
    public String toString() {
        return "VM '" + spec.name() + "': ready at " + spec.readyWhen().describe() + " within "
                + Durations.format(timeout)
                + "\n  hypervisor: " + hypervisorName() + " ("
                + choice.decision().wanted().settings() + ")"
                + "\n  network:    " + networkMode().key()
                + (spec.outbound() ? ", outbound" : "")
                + (spec.network().isEmpty() ? "" : ", '" + spec.network() + "' with other VMs")
                + "\n  kernel:     " + kernel.describe()
                + kernel.doubt().map(doubt -> "\n  doubt:      " + doubt).orElse("")
                + (entryStub
                        ? "\n  entry stub: a private copy of the kernel sets ESP before its PVH entry uses it"
                        : "")
                + spec.image()
                        .map(image -> "\n  image:      " + image + " (private copy)")
                        .orElse("")
                + disks(spec.extraDisks(), "private copy")
                + disks(spec.readOnlyDisks(), "read-only")
                + "\n  command:    " + ShellWords.join(commandLine());
    }

    private static String disks(List<Path> paths, String how) {
        return paths.stream()
                .map(path -> "\n  disk:       " + path + " (" + how + ")")
                .collect(Collectors.joining());
    }

    /**
     * The VMM's command line, with placeholders for what is made at the start.
     *
     * @throws dev.unikernel.hypervisor.HypervisorException if an argument of the specification is refused
     */
    List<String> commandLine() {
        Path folder = Path.of("VM_FOLDER");
        return hypervisor().commandLine(machine(sampleNic(folder), disks(folder), folder, Path.of("LOGS")));
    }

    private Nic sampleNic(Path folder) {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        if (networkMode() != NetworkMode.USER) {
            return new TapNic(mac, "TAP");
        }
        try {
            Inet4Address local = (Inet4Address) InetAddress.getByAddress(new byte[] {127, 77, 0, 1});
            return new UserNic(mac, local, ports(), folder.resolve("capture"), spec.outbound());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an IPv4 address", e);
        }
    }
}
