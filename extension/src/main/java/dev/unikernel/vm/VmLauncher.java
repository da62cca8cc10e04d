package dev.unikernel.vm;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.config.Durations;
import dev.unikernel.config.EntryStubChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.HostException;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.image.DiskImage;
import dev.unikernel.image.ImageException;
import dev.unikernel.image.Initramfs;
import dev.unikernel.image.KernelImage;
import dev.unikernel.image.Loader;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Starts VMs. The only place that does.
 *
 * <pre>{@code
 * VmSpec spec = VmSpec.builder().kernel(kernel).image(image).build();
 * try (Vm vm = VmLauncher.create().start(spec)) {
 *     ... vm.uri() ...
 * }
 * }</pre>
 *
 * VMs of one launcher that name the same {@link VmSpec.Builder#network} reach each other there; those of two launchers do not.
 */
public final class VmLauncher {

    /** The choices that were told of. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final Settings settings;
    private final Host host;
    private final Object networks;

    VmLauncher(Settings settings, Host host) {
        this(settings, host, new Object());
    }

    private VmLauncher(Settings settings, Host host, Object networks) {
        this.settings = settings;
        this.host = host;
        this.networks = networks;
    }

    /** With the settings of this machine: system properties, environment, the user's file. */
    public static VmLauncher create() {
        return create(Settings.ofSystemProperties());
    }

    public static VmLauncher create(Settings settings) {
        return new VmLauncher(settings, Host.current());
    }

    /**
     * A launcher with the same settings whose VMs share networks with those of all launchers that were made with {@code
     * owner}, that very object.
     */
    public VmLauncher withNetworksOf(Object owner) {
        return new VmLauncher(settings, host, owner);
    }

    /**
     * What {@link #start} would do. Starts nothing, leaves nothing.
     *
     * @throws VmStartException.PrerequisiteMissing if this machine lacks something
     * @throws VmStartException.BadInput if a file or value of the specification cannot be used
     */
    public LaunchPlan plan(VmSpec spec) {
        try {
            spec.image().ifPresent(image -> DiskImage.inspect(image).requireRaw());
            spec.extraDisks().forEach(disk -> DiskImage.inspect(disk).requireRaw());
            spec.readOnlyDisks().forEach(disk -> DiskImage.inspect(disk).requireRaw());
            BootKernel kernel = BootKernel.of(spec);
            kernel.image().requireFitsInto(spec.memory());
            spec.initramfs().ifPresent(Initramfs::inspect);
            checkMemory(spec);
            return plan(spec, kernel, Choice.of(settings, host));
        } catch (ImageException | HypervisorException | HostException e) {
            throw refusal(spec, e, "");
        }
    }

    private LaunchPlan plan(VmSpec spec, BootKernel kernel, Choice choice) {
        String chosen = choice.decision().inFailures();
        try {
            kernel.image().requireBootableBy(loader(choice.hypervisor().kind()));
            if (spec.readyWhen() instanceof ReadyWhen.Tcp && choice.network().mode() == NetworkMode.USER) {
                throw new VmStartException.BadInput(
                        "VM '" + spec.name() + "' shall be ready when a TCP connection is accepted, but in the network"
                                + " mode 'user' the forwarder accepts before the guest does. Next: use HTTP, SERIAL or"
                                + " LEASE readiness, or the network mode 'tap'." + chosen,
                        null);
            }
            Optional<String> apart = choice.network().whyNoSegments();
            if (!spec.network().isEmpty() && apart.isPresent()) {
                throw new VmStartException.PrerequisiteMissing(
                        "VM '" + spec.name() + "' shall share the network '" + spec.network() + "' with other VMs, but "
                                + apart.get() + "." + chosen,
                        null);
            }
            Optional<String> closed = spec.outbound() ? choice.network().whyNoOutbound() : Optional.empty();
            if (closed.isPresent()) {
                throw new VmStartException.PrerequisiteMissing(
                        "VM '" + spec.name() + "' shall reach what this machine reaches (outbound), but " + closed.get()
                                + "." + chosen,
                        null);
            }
            LaunchPlan plan = new LaunchPlan(
                    spec,
                    kernel,
                    choice,
                    needsEntryStub(kernel.image(), choice),
                    timeout(spec),
                    settings.get(Keys.WORK_DIR),
                    networks);
            plan.commandLine(); // a plan that can be printed can be started
            return plan;
        } catch (ImageException e) {
            throw refusal(spec, e, chosen);
        } catch (HypervisorException e) {
            throw new VmStartException.BadInput(
                    "VM '" + spec.name() + "' cannot be started: " + e.getMessage() + chosen, e);
        }
    }

    /**
     * What this machine lacks for any VM with these settings; empty if there is a hypervisor and a network. Starts nothing.
     */
    public Optional<VmStartException.PrerequisiteMissing> missing() {
        try {
            Choice.decide(settings, host);
            return Optional.empty();
        } catch (VmStartException.PrerequisiteMissing e) {
            return Optional.of(e);
        } catch (HypervisorException | HostException e) {
            return Optional.of(new VmStartException.PrerequisiteMissing("No VM can be started: " + e.getMessage(), e));
        }
    }

    /**
     * Starts a VM and waits until its guest is ready.
     *
     * @throws VmStartException the subtype tells the kind; nothing but the logs is left behind
     */
    public Vm start(VmSpec spec) {
        prepareNetwork();
        try (BootLimit.Turn turn = turn(spec)) {
            return startInTurn(spec, System.nanoTime());
        }
    }

    private BootLimit.Turn turn(VmSpec spec) {
        try {
            return BootLimit.ofThisJvm()
                    .await(BootLimit.of(settings, host, spec.memory().bytes()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VmStartException.Interrupted(
                    "VM '" + spec.name() + "' was not started: the thread was interrupted while it waited for others to"
                            + " boot. Next: look for what interrupted it: a test timeout?",
                    e);
        }
    }

    private Vm startInTurn(VmSpec spec, long startedAt) {
        LaunchPlan plan = plan(spec);
        tell(plan.decision());
        tellOfKernel(plan);
        if (host.isDebugged()) {
            String text = "VM ''{0}'' has no timeout, because this JVM was started for a debugger";
            System.getLogger("dev.unikernel").log(INFO, text, spec.name());
        }
        try {
            return new Boot(plan, startedAt).run();
        } catch (ImageException | NetworkException | HypervisorException | HostException e) {
            throw refusal(spec, e, plan.decision().inFailures());
        }
    }

    /** While the files are looked at. What is in the way of it is in the plan's way, too, and told of there. */
    private void prepareNetwork() {
        try {
            Choice.network(settings, host).ifPresent(GuestNetwork::prepare);
        } catch (VmStartException | HypervisorException | HostException | NetworkException told) {
            // By the plan, after what is wrong with the specification itself.
        }
    }

    /** Whoever stops in a debugger must not find his VM timed out. */
    private Duration timeout(VmSpec spec) {
        return host.isDebugged()
                ? Durations.MAXIMUM
                : Durations.times(spec.startupTimeout(), settings.get(Keys.TIMEOUT_FACTOR));
    }

    private boolean needsEntryStub(KernelImage kernel, Choice choice) {
        return kernel.usesUnsetStack()
                && choice.hypervisor().entersWithoutStack()
                && settings.get(Keys.ENTRY_STUB) == EntryStubChoice.AUTO;
    }

    private static void tellOfKernel(LaunchPlan plan) {
        System.Logger log = System.getLogger("dev.unikernel");
        String name = plan.spec().name();
        BootKernel kernel = plan.kernel();
        kernel.doubt().ifPresent(doubt -> log.log(WARNING, "VM ''{0}'': {1}", name, doubt));
        if (kernel.embedded().isPresent()) {
            log.log(
                    INFO,
                    "VM ''{0}'' boots the kernel in {1}, as none is named",
                    name,
                    kernel.image().file());
        }
        if (plan.entryStub()) {
            String text =
                    "VM ''{0}'' boots a private copy of {1} with an entry stub: the kernel uses a stack at its PVH entry"
                            + " before it sets one, and {2} gives it none ({3}=off boots it as it is)";
            String what = kernel.embedded().isPresent()
                    ? "that kernel"
                    : kernel.image().file().toString();
            log.log(INFO, text, name, what, plan.hypervisorName(), Keys.ENTRY_STUB);
        }
    }

    /** Once in a JVM for each choice; nobody needs to hear that the best was taken. */
    private static void tell(Decision decision) {
        String text = decision.inWords();
        if (decision.wanted().leavesAChoice() && !decision.passedBy().isEmpty() && TOLD.add(text)) {
            System.getLogger("dev.unikernel")
                    .log(
                            decision.fallback().isPresent() ? WARNING : INFO,
                            "VMs run on {0}.{1}",
                            text,
                            decision.remedies()
                                    .map(fixes -> " For Cloud Hypervisor: " + fixes)
                                    .orElse(""));
        }
    }

    private static VmStartException refusal(VmSpec spec, RuntimeException reason, String chosen) {
        String text = "VM '" + spec.name() + "' cannot be started: " + reason.getMessage() + chosen;
        if (Thread.currentThread().isInterrupted()) {
            // Reading files and waiting for programs ends with an error of its own then.
            return new VmStartException.Interrupted(text, reason);
        }
        return reason instanceof ImageException
                ? new VmStartException.BadInput(text, reason)
                : new VmStartException.PrerequisiteMissing(text, reason);
    }

    private static Loader loader(HypervisorKind kind) {
        return switch (kind) {
            case CLOUD_HYPERVISOR -> Loader.CLOUD_HYPERVISOR;
            case QEMU -> Loader.QEMU;
        };
    }

    private void checkMemory(VmSpec spec) {
        Probe memory = host.memory(spec.memory());
        memory.missing().ifPresent(missing -> {
            throw new VmStartException.BadInput(
                    "VM '" + spec.name() + "' cannot be started with memory \"" + spec.memory() + "\": " + missing,
                    null);
        });
    }
}
