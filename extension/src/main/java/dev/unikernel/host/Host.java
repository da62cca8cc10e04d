package dev.unikernel.host;

import dev.unikernel.config.Key;
import dev.unikernel.config.MemorySize;
import dev.unikernel.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The machine that this JVM runs on. Each fact is found out once, when it is first asked for; nothing is changed by
 * asking. Safe for use by several threads.
 */
public final class Host {

    private static final Host CURRENT = new Host(Surroundings.ofThisJvm());

    private final Surroundings surroundings;
    private final Lazy<Probe> kvm;
    private final Lazy<Processor> processor;
    private final Lazy<Probe> tun;
    private final Lazy<Probe> netAdmin;
    private final Lazy<Probe> ownNamespace;
    private final Lazy<Namespaces> namespaces;
    private final Lazy<Memory> memory;
    private final Lazy<Boolean> debugged;

    Host(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.processor = new Lazy<>(() -> Processor.of(surroundings));
        this.kvm = new Lazy<>(() -> Devices.kvm(surroundings, processor.get()));
        this.tun = new Lazy<>(() -> Devices.tun(surroundings));
        this.netAdmin = new Lazy<>(() -> Capabilities.netAdmin(surroundings));
        this.ownNamespace = new Lazy<>(() -> NetworkNamespace.own(surroundings));
        this.namespaces = new Lazy<>(() -> Namespaces.of(surroundings));
        this.memory = new Lazy<>(() -> Memory.of(surroundings));
        this.debugged = new Lazy<>(() -> Debugger.isAwaitedBy(surroundings));
    }

    /** The one machine of this JVM. */
    public static Host current() {
        return CURRENT;
    }

    /** Linux on x86-64, which everything else rests on. */
    public Probe platform() {
        String found = surroundings.os() + " on " + surroundings.architecture();
        boolean supported = surroundings.os().equals("Linux")
                && (surroundings.architecture().equals("amd64")
                        || surroundings.architecture().equals("x86_64"));
        return supported
                ? new Probe.Available("Linux on x86-64")
                : new Probe.Missing(
                        "this machine is " + found + ", but guests need Linux on x86-64",
                        "Run the tests on such a machine, or skip them elsewhere with unikernel.whenUnavailable=skip.");
    }

    /**
     * {@code /dev/kvm}, open for reading and writing. Whether it can make a VM is known to the hypervisors only: asking it
     * takes an ioctl.
     */
    public Probe kvm() {
        return kvm.get();
    }

    /**
     * Whether the processor has {@code vmx} or {@code svm}. A KVM that works without them is one in software, which runs
     * few guests.
     */
    public boolean hasHardwareVirtualization() {
        return virtualization().isPresent();
    }

    /** The flag by which the processor shows that it can run virtual machines: {@code vmx} (Intel) or {@code svm} (AMD). */
    public Optional<String> virtualization() {
        return processor.get().virtualization();
    }

    /** {@code /dev/net/tun}, open for reading and writing. */
    public Probe tun() {
        return tun.get();
    }

    /** The capability to make and configure network interfaces. */
    public Probe netAdmin() {
        return netAdmin.get();
    }

    /**
     * A network namespace that is ours alone, where a tap changes nothing of the machine's: our wrapper made it
     * ({@code UNIKERNEL_NAMESPACE=1}), or it has no interface but {@code lo} and ours.
     */
    public Probe ownNamespace() {
        return ownNamespace.get();
    }

    /**
     * Whether this user can make network, mount and process namespaces, with a user namespace if need be, and has the
     * programs that make and enter them. Some are made, which takes some milliseconds, and end at once.
     */
    public Probe namespaces() {
        return namespaces.get().probe();
    }

    /**
     * What to put in front of a program so that it runs in network, mount and process namespaces of its own, as process 1
     * and as their root, with a {@code /proc} of theirs. When unshare(1), which waits for the program, ends in whatever
     * way, all processes in there are killed.
     *
     * @return the absolute path of unshare(1), and the options that were seen to work here
     * @throws HostException if {@link #namespaces} says that it cannot be
     */
    public List<String> unshare() {
        List<String> command = namespaces.get().unshare();
        if (command.isEmpty()) {
            throw noNamespaces();
        }
        return command;
    }

    /**
     * The program that enters namespaces, nsenter(1).
     *
     * @throws HostException if {@link #namespaces} says that there are none to enter
     */
    public Path nsenter() {
        return namespaces.get().nsenter().orElseThrow(this::noNamespaces);
    }

    /** What runs the container that this process is in, as {@code docker}; empty if no mark of one is seen. */
    public Optional<String> container() {
        return Container.of(surroundings);
    }

    /** The name and version of the distribution, os-release(5). */
    public Optional<String> distribution() {
        return Distribution.of(surroundings);
    }

    /** Whether a guest of this size can be had: it may take all of this machine's memory, but not more. */
    public Probe memory(MemorySize size) {
        return memory.get().probe(size);
    }

    /** How many bytes of memory this machine has, used or free; empty if it does not tell. */
    public OptionalLong totalMemory() {
        return memory.get().bytes();
    }

    /** How many bytes of memory this machine could give to new processes now; empty if it does not tell. */
    public OptionalLong availableMemory() {
        return Memory.available(surroundings);
    }

    /** Whether this JVM was started for a debugger: somebody may stop it for as long as he likes. */
    public boolean isDebugged() {
        return debugged.get();
    }

    /**
     * Finds the binary of a program: the one that is set, or else the first on PATH.
     *
     * @param key the setting that may name it, by path or by a name to look for on PATH
     * @param program what it is called by default
     * @return the absolute path; empty if nothing is set and PATH does not have it
     * @throws HostException if what is set does not exist, is a folder or not executable
     */
    public Optional<Path> findBinary(Settings settings, Key<Optional<Path>> key, String program) {
        return new Binaries(surroundings).find(settings, key, program);
    }

    private HostException noNamespaces() {
        return new HostException("There are no namespaces to be had here: " + namespaces());
    }

    /** What to tell the user where {@link #findBinary} finds nothing. */
    public static Probe.Missing noBinary(Key<Optional<Path>> key, String program) {
        return new Probe.Missing(
                "there is no " + program + " on PATH",
                "Install it, or say where it is with " + key.name() + " or the environment variable "
                        + String.join(" or ", key.environmentNames()) + ".");
    }

    /** What probes look at, so that tests can put something else in its place. */
    record Surroundings(
            Path root,
            Path proc,
            Path dev,
            Map<String, String> environment,
            String os,
            String architecture,
            String user) {

        static Surroundings ofThisJvm() {
            return new Surroundings(
                    Path.of("/"),
                    Path.of("/proc"),
                    Path.of("/dev"),
                    System.getenv(),
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    System.getProperty("user.name"));
        }
    }
}
