package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.Hypervisor;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.hypervisor.VersionQuery;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmProcess;
import dev.unikernel.network.TapNic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Cloud Hypervisor from 32.1 on; it needs KVM. */
public final class CloudHypervisor implements Hypervisor {

    /** {@code cloud-hypervisor v53.0}, {@code ... v50.0.0}, {@code ... v41.0-95-g6e4aefe6-dirty}. */
    private static final VersionQuery QUERY = new VersionQuery(
            HypervisorKind.CLOUD_HYPERVISOR,
            Pattern.compile("cloud-hypervisor v?(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?"),
            "cloud-hypervisor v53.0",
            Gate.OLDEST,
            "older ones end without a word when a boot fails");

    /** The versions that were said to be newer than what is known here: once is enough. */
    private static final Set<Version> UNKNOWN = ConcurrentHashMap.newKeySet();

    private final Path binary;
    private final Version version;

    /** For a binary whose version is known. */
    CloudHypervisor(Path binary, Version version) {
        this.binary = binary;
        this.version = version;
    }

    /**
     * Asks a binary for its version.
     *
     * @throws HypervisorException if it is missing, cannot be run, is something else or too old
     */
    public static CloudHypervisor at(Path binary) {
        Version version = QUERY.ask(binary);
        if (version.major() > Gate.NEWEST_KNOWN.major() && UNKNOWN.add(version)) {
            System.getLogger(CloudHypervisor.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "Cloud Hypervisor " + version + " is newer than " + Gate.NEWEST_KNOWN
                                    + ", the newest that is known here; it is used as if it were that");
        }
        return new CloudHypervisor(binary, version);
    }

    public Version version() {
        return version;
    }

    @Override
    public HypervisorKind kind() {
        return HypervisorKind.CLOUD_HYPERVISOR;
    }

    @Override
    public String describe() {
        return kind().title() + " " + version;
    }

    @Override
    public List<String> commandLine(Machine machine) {
        return CommandLine.of(binary, version, machine);
    }

    @Override
    public boolean entersWithoutStack() {
        return Gate.ALL_ONES_FROM_NOWHERE.isPassedBy(version);
    }

    @Override
    public Vmm start(Machine machine) {
        List<String> commandLine = commandLine(machine);
        if (Gate.READDRESSES_UNSEEN_TAPS.isPassedBy(version) && machine.nic() instanceof TapNic nic) {
            requireSeen(nic);
        }
        return CloudHypervisorVmm.launch(commandLine, machine);
    }

    private void requireSeen(TapNic nic) {
        Path sysfs = Path.of("/sys/class/net", nic.tap());
        if (!exists(sysfs, nic.enter())) {
            throw new HypervisorException(
                    describe() + " would give another address to the tap " + nic.tap() + ", because " + sysfs
                            + " does not exist: /sys shows another network namespace",
                    "mount a sysfs of this"
                            + " namespace on /sys (as 'ip netns exec' does), or use Cloud Hypervisor 49 or newer");
        }
    }

    /** Whether a file exists where the VMM will be. */
    private static boolean exists(Path file, List<String> enter) {
        return enter.isEmpty()
                ? Files.exists(file)
                : VmmProcess.succeeds(Stream.concat(enter.stream(), Stream.of("test", "-e", file.toString()))
                        .toList());
    }
}
