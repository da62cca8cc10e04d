package dev.unikernel.vm;

import dev.unikernel.config.MemorySize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What VM to start: the user's words, each of them checked. Immutable; made by {@link #builder}.
 *
 * <p>Machine settings (which hypervisor, which network) are not here but in the settings {@code unikernel.*}.
 */
public final class VmSpec {

    /** A VM's name unless said otherwise. */
    public static final String DEFAULT_NAME = "vm";

    /** The port that a guest serves unless said otherwise. */
    public static final int DEFAULT_PORT = 8080;

    private final String name;
    private final String owner;
    private final Optional<Path> kernel;
    private final Optional<Path> image;
    private final Optional<Path> initramfs;
    private final String cmdline;
    private final MemorySize memory;
    private final int cpus;
    private final int port;
    private final List<Integer> ports;
    private final ReadyWhen readyWhen;
    private final Duration startupTimeout;
    private final Optional<Pattern> failOnSerial;
    private final Optional<Pattern> exitCodeOnSerial;
    private final List<Path> extraDisks;
    private final List<Path> readOnlyDisks;
    private final List<String> hypervisorArgs;
    private final String network;
    private final boolean outbound;

    private VmSpec(Builder builder) {
        this.name = builder.name;
        this.owner = builder.owner;
        this.kernel = builder.kernel;
        this.image = builder.image;
        this.initramfs = builder.initramfs;
        this.cmdline = builder.cmdline;
        this.memory = builder.memory;
        this.cpus = builder.cpus;
        this.port = builder.port;
        this.ports = List.copyOf(builder.ports);
        this.readyWhen = builder.readyWhen;
        this.startupTimeout = builder.startupTimeout;
        this.failOnSerial = builder.failOnSerial;
        this.exitCodeOnSerial = builder.exitCodeOnSerial;
        this.extraDisks = List.copyOf(builder.extraDisks);
        this.readOnlyDisks = List.copyOf(builder.readOnlyDisks);
        this.hypervisorArgs = List.copyOf(builder.hypervisorArgs);
        this.network = builder.network;
        this.outbound = builder.outbound;
    }

    /** A specification with the defaults: 1 CPU, 256M, port 8080, ready at the first HTTP status on {@code /}, 60 s. */
    public static Builder builder() {
        return new Builder();
    }

    /** The VM's name in messages and logs; {@code "vm"} unless set. */
    public String name() {
        return name;
    }

    /** Whose VM it is: the test class's simple name; empty outside of JUnit. Names the folder of the logs. */
    public String owner() {
        return owner;
    }

    /** An ELF with a PVH note, or a Linux bzImage; empty means the one in the image of Nanos. */
    public Optional<Path> kernel() {
        return kernel;
    }

    /** The raw disk image; the VM gets a private copy of it. */
    public Optional<Path> image() {
        return image;
    }

    public Optional<Path> initramfs() {
        return initramfs;
    }

    /** The kernel command line; empty means none. With its places for other VMs' addresses, as it was set. */
    public String cmdline() {
        return cmdline;
    }

    /** The names of the VMs whose addresses the command line asks for. */
    public Set<String> peers() {
        return PeerAddresses.names(cmdline);
    }

    /** The network that the VM shares with other VMs; empty means that it reaches none of them. */
    public String network() {
        return network;
    }

    /** Whether the guest reaches what this machine reaches. */
    public boolean outbound() {
        return outbound;
    }

    public MemorySize memory() {
        return memory;
    }

    public int cpus() {
        return cpus;
    }

    /** The guest's TCP port that readiness and {@link Vm#uri()} mean, 1 to 65535. */
    public int port() {
        return port;
    }

    /** Further TCP ports of the guest that the test wants to reach. */
    public List<Integer> ports() {
        return ports;
    }

    public ReadyWhen readyWhen() {
        return readyWhen;
    }

    /** How long the VM may take to become ready, before {@code unikernel.timeoutFactor} is applied. */
    public Duration startupTimeout() {
        return startupTimeout;
    }

    /** A serial line in which this is found ends the wait at once. */
    public Optional<Pattern> failOnSerial() {
        return failOnSerial;
    }

    /** Where the guest's exit code stands on its serial line, as the one group of the expression. */
    public Optional<Pattern> exitCodeOnSerial() {
        return exitCodeOnSerial;
    }

    /** Further raw disks, each given as a private copy. */
    public List<Path> extraDisks() {
        return extraDisks;
    }

    /** Further raw disks, given as they are; the guest cannot write to them. */
    public List<Path> readOnlyDisks() {
        return readOnlyDisks;
    }

    /** Arguments appended to the VMM's command line as they are. */
    public List<String> hypervisorArgs() {
        return hypervisorArgs;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VmSpec spec && words().equals(spec.words());
    }

    @Override
    public int hashCode() {
        return words().hashCode();
    }

    @Override
    public String toString() {
        return "VmSpec" + words();
    }

    /** All of it. Regular expressions as text: two objects of the same one are not equal in Java. */
    private List<Object> words() {
        return List.of(
                name,
                owner,
                kernel,
                image,
                initramfs,
                cmdline,
                memory,
                cpus,
                port,
                ports,
                readyWhen.getClass(),
                readyWhen.describe(),
                startupTimeout,
                failOnSerial.map(Pattern::pattern),
                exitCodeOnSerial.map(Pattern::pattern),
                extraDisks,
                readOnlyDisks,
                hypervisorArgs,
                network,
                outbound);
    }

    /** Makes a {@link VmSpec}. Each setter rejects a bad value at once with an {@link IllegalArgumentException}. */
    public static final class Builder {
        private static final int MOST_CPUS = 254;

        private String name = DEFAULT_NAME;
        private String owner = "";
        private Optional<Path> kernel = Optional.empty();
        private Optional<Path> image = Optional.empty();
        private Optional<Path> initramfs = Optional.empty();
        private String cmdline = "";
        private MemorySize memory = MemorySize.parse("256M");
        private int cpus = 1;
        private int port = DEFAULT_PORT;
        private List<Integer> ports = List.of();
        private ReadyWhen readyWhen = ReadyWhen.http();
        private Duration startupTimeout = Duration.ofSeconds(60);
        private Optional<Pattern> failOnSerial = Optional.empty();
        private Optional<Pattern> exitCodeOnSerial = Optional.empty();
        private List<Path> extraDisks = List.of();
        private List<Path> readOnlyDisks = List.of();
        private List<String> hypervisorArgs = List.of();
        private String network = "";
        private boolean outbound;

        private Builder() {}

        /** Letters, digits, dot, underscore and hyphen: it becomes part of file names. */
        public Builder name(String name) {
            this.name = checkedName("name", name);
            return this;
        }

        /** Whose VM it is; becomes part of file names, so other characters are replaced. */
        public Builder owner(String owner) {
            this.owner = owner.replaceAll("[^A-Za-z0-9._$-]", "_");
            return this;
        }

        /** May be left out if the image is one of Nanos with its kernel in it, as OPS makes them. */
        public Builder kernel(Path kernel) {
            this.kernel = Optional.of(kernel);
            return this;
        }

        public Builder image(Path image) {
            this.image = Optional.of(image);
            return this;
        }

        public Builder initramfs(Path initramfs) {
            this.initramfs = Optional.of(initramfs);
            return this;
        }

        /**
         * The kernel command line. For a VM on a {@link #network}, <code>${vm.NAME.address}</code> stands for the address there
         * of the VM of a name, be it started yet or not; <code>$${vm.NAME.address}</code> stands for that text itself.
         */
        public Builder cmdline(String cmdline) {
            this.cmdline = cmdline;
            return this;
        }

        /** A size with its unit: {@code "256M"}, {@code "1G"}. */
        public Builder memory(String memory) {
            this.memory = MemorySize.parse(memory);
            return this;
        }

        public Builder memory(MemorySize memory) {
            this.memory = memory;
            return this;
        }

        /** Virtual CPUs, 1 to 254. */
        public Builder cpus(int cpus) {
            if (cpus < 1 || cpus > MOST_CPUS) {
                throw new IllegalArgumentException("cpus: expected 1 to " + MOST_CPUS + ", but was: " + cpus);
            }
            this.cpus = cpus;
            return this;
        }

        /** The port that readiness and {@link Vm#uri()} mean, 1 to 65535. */
        public Builder port(int port) {
            this.port = checkedPort("port", port);
            return this;
        }

        /** Further ports that the test wants to reach, each 1 to 65535. */
        public Builder ports(int... ports) {
            this.ports = java.util.Arrays.stream(ports)
                    .map(each -> checkedPort("ports", each))
                    .boxed()
                    .toList();
            return this;
        }

        public Builder readyWhen(ReadyWhen readyWhen) {
            this.readyWhen = readyWhen;
            return this;
        }

        /** More than zero; {@code unikernel.timeoutFactor} is applied to it. */
        public Builder startupTimeout(Duration startupTimeout) {
            if (startupTimeout.isNegative() || startupTimeout.isZero()) {
                throw new IllegalArgumentException(
                        "startupTimeout: expected more than zero, but was: " + startupTimeout);
            }
            this.startupTimeout = startupTimeout;
            return this;
        }

        /** A serial line in which {@code regex} is found ends the wait at once. */
        public Builder failOnSerial(String regex) {
            this.failOnSerial = Optional.of(Pattern.compile(regex));
            return this;
        }

        /**
         * How the guest tells its exit code before it powers off, for {@link VmExit#exitCode}: a regular expression that is
         * looked for in each serial line, with exactly one group, which is the decimal number. The last place counts.
         */
        public Builder exitCodeOnSerial(String regex) {
            Pattern pattern = Pattern.compile(regex);
            int groups = pattern.matcher("").groupCount();
            if (groups != 1) {
                throw new IllegalArgumentException("exitCodeOnSerial: expected a regular expression with exactly one"
                        + " group, the exit code, as in \"exit (\\d+)\", but '" + regex + "' has " + groups
                        + "; groups for other ends are (?:...)");
            }
            this.exitCodeOnSerial = Optional.of(pattern);
            return this;
        }

        /** Further raw disks, behind the image; the VM gets a private copy of each. */
        public Builder extraDisks(List<Path> extraDisks) {
            this.extraDisks = extraDisks;
            return this;
        }

        /** Further raw disks, behind {@link #extraDisks}, that several VMs can share: no copy, and no guest can write to them. */
        public Builder readOnlyDisks(List<Path> readOnlyDisks) {
            this.readOnlyDisks = readOnlyDisks;
            return this;
        }

        /** Appended as they are; an option that is set by the launcher itself is an error at the start. */
        public Builder hypervisorArgs(List<String> hypervisorArgs) {
            this.hypervisorArgs = hypervisorArgs;
            return this;
        }

        /**
         * The network that the VM shares with the other VMs of the same {@link VmLauncher} that name it: one Ethernet segment,
         * on which they reach each other at the addresses that they lease. Its name is made as {@link #name} is. Without it, a
         * VM reaches no other VM.
         */
        public Builder network(String network) {
            this.network = checkedName("network", network);
            return this;
        }

        /**
         * Whether the guest reaches what this machine reaches, by TCP and UDP, its 127.0.0.1 as {@code 10.0.2.2} and its name
         * servers as {@code 10.0.2.3}; {@code false} unless set: then it reaches nothing beyond this machine. For the network
         * modes {@code namespace}, with slirp4netns installed, and {@code user}; with others the VM is not started.
         */
        public Builder outbound(boolean outbound) {
            this.outbound = outbound;
            return this;
        }

        public VmSpec build() {
            if (kernel.isEmpty() && image.isEmpty()) {
                throw new IllegalArgumentException(
                        "kernel: not set; expected the path of an ELF with a PVH note or of a Linux bzImage, or an image of"
                                + " Nanos with its kernel in it");
            }
            Set<String> peers = PeerAddresses.names(cmdline);
            peers.forEach(peer -> checkedName("cmdline: the VM in ${vm." + peer + ".address}", peer));
            if (network.isEmpty() && !peers.isEmpty()) {
                throw new IllegalArgumentException("cmdline: asks for the address of " + peers
                        + ", but VM '" + name
                        + "' shares no network with other VMs; expected is a network that these VMs"
                        + " are on, too: network = \"lan\"");
            }
            return new VmSpec(this);
        }

        private static String checkedName(String attribute, String name) {
            if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
                throw new IllegalArgumentException(attribute
                        + ": expected 1 to 64 letters, digits, dots, underscores or hyphens, but was: '" + name + "'");
            }
            return name;
        }

        private static int checkedPort(String attribute, int port) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(attribute + ": expected a port from 1 to 65535, but was: " + port);
            }
            return port;
        }
    }
}
