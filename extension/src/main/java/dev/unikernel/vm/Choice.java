package dev.unikernel.vm;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.Guard;
import dev.unikernel.hypervisor.Hypervisor;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.hypervisor.Hypervisors;
import dev.unikernel.hypervisor.VmmProcess;
import dev.unikernel.network.Guards;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Networks;
import dev.unikernel.network.ProcessGuard;
import dev.unikernel.network.TapGuard;
import dev.unikernel.vm.Decision.Pair;
import dev.unikernel.vm.Decision.PassedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Which hypervisor and which network: the first pair that the settings allow and this machine can do. */
record Choice(Hypervisor hypervisor, GuestNetwork network, Decision decision) {

    /** In the order of preference: Cloud Hypervisor before QEMU, the guest's own address before a forwarded one. */
    static final List<Pair> PAIRS = List.of(
            new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP),
            new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.NAMESPACE),
            new Pair(HypervisorKind.QEMU, NetworkMode.TAP),
            new Pair(HypervisorKind.QEMU, NetworkMode.NAMESPACE),
            new Pair(HypervisorKind.QEMU, NetworkMode.USER),
            new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.PREMADE),
            new Pair(HypervisorKind.QEMU, NetworkMode.PREMADE));

    // One slice keeps watch, the other makes taps: neither knows the other.
    private static final TapGuard TAP_GUARD = name -> {
        Guard.TapEntry entry = Guard.ofThisJvm().tap(name);
        return new TapGuard.Entry() {
            @Override
            public void made(int index) {
                entry.made(index);
            }

            @Override
            public void close() {
                entry.close();
            }
        };
    };

    private static final ProcessGuard PROCESS_GUARD = (enter, command, output, errors) -> {
        try {
            VmmProcess process = VmmProcess.launch(enter, command, output, errors);
            return new ProcessGuard.Guarded() {
                @Override
                public long pid() {
                    return process.pid();
                }

                @Override
                public OptionalInt exitCode() {
                    return process.exitCode();
                }

                @Override
                public void close() {
                    process.close();
                }
            };
        } catch (HypervisorException e) {
            throw new NetworkException(e.found() + "; " + e.nextStep(), e);
        }
    };

    private static final Guards GUARDS =
            new Guards(TAP_GUARD, PROCESS_GUARD, folder -> Guard.ofThisJvm().folder(folder));

    /** @throws VmStartException.PrerequisiteMissing if no pair is possible; says for each why, and the fix */
    static Choice of(Settings settings, Host host) {
        Decision decision = decide(settings, host);
        Pair pair = decision.pair();
        return new Choice(
                Hypervisors.find(pair.kind(), settings, host),
                Networks.of(pair.mode(), settings, host, GUARDS),
                decision);
    }

    /**
     * Decides without making anything. What comes after the pair that is taken is not looked at.
     *
     * @throws VmStartException.PrerequisiteMissing as {@link #of}
     */
    static Decision decide(Settings settings, Host host) {
        Wanted wanted = Wanted.by(settings);
        List<PassedBy> passedBy = new ArrayList<>();
        for (Pair pair : PAIRS) {
            if (wanted.allows(pair.kind(), pair.mode())) {
                Optional<Probe.Missing> missing = probe(pair, settings, host).missing();
                if (missing.isEmpty()) {
                    return new Decision(pair, wanted, passedBy);
                }
                passedBy.add(new PassedBy(pair, missing.get()));
            }
        }
        throw new VmStartException.PrerequisiteMissing(nothingPossible(settings, passedBy), null);
    }

    /** The network that is taken if there is a hypervisor for it; empty if none is possible. */
    static Optional<GuestNetwork> network(Settings settings, Host host) {
        Wanted wanted = Wanted.by(settings);
        for (Pair pair : PAIRS) {
            if (wanted.allows(pair.kind(), pair.mode())
                    && host.platform()
                            .and(() -> Networks.probe(pair.mode(), settings, host))
                            .isAvailable()) {
                return Optional.of(Networks.of(pair.mode(), settings, host, GUARDS));
            }
        }
        return Optional.empty();
    }

    /** Whether this machine can do a pair, wanted or not. */
    static Probe probe(Pair pair, Settings settings, Host host) {
        return host.platform()
                .and(() -> Hypervisors.probe(pair.kind(), settings, host))
                .and(() -> Networks.probe(pair.mode(), settings, host));
    }

    private static String nothingPossible(Settings settings, List<PassedBy> passedBy) {
        String asked = settings.describe(Keys.HYPERVISOR) + " and " + settings.describe(Keys.NETWORK);
        return passedBy.isEmpty()
                ? "No VM can be started: " + asked + " do not go together in this version. Possible are " + PAIRS
                        + ". Next: change one of the two settings."
                : "No VM can be started on this machine (" + asked + ").\n  - "
                        + passedBy.stream().map(PassedBy::toString).collect(Collectors.joining("\n  - "));
    }
}
