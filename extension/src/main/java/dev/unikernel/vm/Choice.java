package dev.unikernel.vm;

import dev.unikernel.config.DhcpChoice;
import dev.unikernel.config.HypervisorChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.NetworkChoice;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.Guard;
import dev.unikernel.hypervisor.Hypervisor;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.hypervisor.Hypervisors;
import dev.unikernel.hypervisor.VmmProcess;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Networks;
import dev.unikernel.network.ProcessGuard;
import dev.unikernel.network.TapGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which hypervisor and which network: the first pair that the settings allow and this machine can do.
 *
 * @param reason why this pair, in a few words
 * @param fallback why it is not Cloud Hypervisor although the settings leave the choice to us
 */
record Choice(Hypervisor hypervisor, GuestNetwork network, String reason, Optional<String> fallback) {

    private record Pair(HypervisorKind kind, NetworkMode mode) {
        @Override
        public String toString() {
            return kind.title() + " with network '" + mode.key() + "'";
        }
    }

    /** In the order of preference: Cloud Hypervisor before QEMU, the guest's own address before a forwarded one. */
    private static final List<Pair> PAIRS = List.of(
            new Pair(HypervisorKind.CLOUD_HYPERVISOR, NetworkMode.TAP),
            new Pair(HypervisorKind.QEMU, NetworkMode.TAP),
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

    private static final ProcessGuard PROCESS_GUARD = (command, output, errors) -> {
        try {
            VmmProcess process = VmmProcess.launch(command, output, errors);
            return new ProcessGuard.Guarded() {
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
            throw new NetworkException("the DHCP server cannot be started: " + e.getMessage(), e);
        }
    };

    /** @throws VmStartException.PrerequisiteMissing if no pair is possible; says for each why, and the fix */
    static Choice of(Settings settings, Host host) {
        HypervisorChoice wantedKind = settings.get(Keys.HYPERVISOR);
        NetworkChoice wantedMode = network(settings);
        boolean ownServer = settings.get(Keys.DHCP) != DhcpChoice.EMBEDDED;
        if (ownServer && wantedMode != NetworkChoice.TAP && wantedMode != NetworkChoice.AUTO) {
            throw contradiction(
                    settings.describe(Keys.DHCP) + " is for the network tap, but the network is " + wantedMode.key(),
                    "remove the setting");
        }
        if (!ownServer && settings.isSet(Keys.DHCP_BINARY)) {
            throw contradiction(
                    settings.describe(Keys.DHCP_BINARY) + " is for another DHCP server than the embedded one",
                    "name that server in unikernel.dhcp, or remove the setting");
        }
        List<String> impossible = new ArrayList<>();
        Optional<String> withoutCloudHypervisor = Optional.empty();
        for (Pair pair : PAIRS) {
            if (!allows(wantedKind, pair.kind())
                    || !allows(wantedMode, pair.mode())
                    || (ownServer && pair.mode() != NetworkMode.TAP)) {
                continue;
            }
            Probe probe = host.platform()
                    .and(() -> Hypervisors.probe(pair.kind(), settings, host))
                    .and(() -> Networks.probe(pair.mode(), settings, host));
            if (probe.isAvailable()) {
                boolean fellBack = wantedKind == HypervisorChoice.AUTO && pair.kind() == HypervisorKind.QEMU;
                return new Choice(
                        Hypervisors.find(pair.kind(), settings, host),
                        Networks.of(pair.mode(), settings, TAP_GUARD, PROCESS_GUARD),
                        settings.describe(Keys.HYPERVISOR) + ", " + settings.describe(Keys.NETWORK),
                        fellBack ? withoutCloudHypervisor : Optional.empty());
            }
            impossible.add(pair + ": " + probe);
            if (pair.kind() == HypervisorKind.CLOUD_HYPERVISOR) {
                withoutCloudHypervisor = Optional.of(probe.toString());
            }
        }
        throw new VmStartException.PrerequisiteMissing(nothingPossible(settings, impossible), null);
    }

    /** The network that is wanted: taps of the user's own imply that they are to be used, and are used for nothing else. */
    private static NetworkChoice network(Settings settings) {
        NetworkChoice network = settings.get(Keys.NETWORK);
        boolean premade = network == NetworkChoice.PREMADE;
        if (settings.get(Keys.TAP).isEmpty()) {
            if (premade) {
                throw contradiction(
                        settings.describe(Keys.NETWORK) + " needs taps that you have made, but no setting names them",
                        "name them (unikernel.tap=tap0), or remove the setting");
            }
            if (settings.isSet(Keys.MAC)) {
                throw contradiction(
                        settings.describe(Keys.MAC) + " is for taps that you have made, but no setting names any",
                        "name them (unikernel.tap=tap0), or remove the setting");
            }
            return network;
        }
        if (!premade && network != NetworkChoice.AUTO) {
            throw contradiction(
                    settings.describe(Keys.TAP) + " is for the network premade, but there is "
                            + settings.describe(Keys.NETWORK),
                    "remove one of the two settings");
        }
        return NetworkChoice.PREMADE;
    }

    private static VmStartException contradiction(String what, String next) {
        return new VmStartException.PrerequisiteMissing(
                "No VM can be started: " + what + ". Next: " + next + ".", null);
    }

    private static String nothingPossible(Settings settings, List<String> impossible) {
        String asked = settings.describe(Keys.HYPERVISOR) + " and " + settings.describe(Keys.NETWORK);
        return impossible.isEmpty()
                ? "No VM can be started: " + asked + " do not go together in this version. Possible are " + PAIRS
                        + ". Next: change one of the two settings."
                : "No VM can be started on this machine (" + asked + ").\n  - " + String.join("\n  - ", impossible);
    }

    private static boolean allows(HypervisorChoice wanted, HypervisorKind kind) {
        return wanted == HypervisorChoice.AUTO || wanted.key().equals(kind.key());
    }

    private static boolean allows(NetworkChoice wanted, NetworkMode mode) {
        return wanted == NetworkChoice.AUTO
                ? mode != NetworkMode.PREMADE
                : wanted.key().equals(mode.key());
    }
}
