package dev.unikernel.vm;

import dev.unikernel.config.DhcpChoice;
import dev.unikernel.config.HypervisorChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.NetworkChoice;
import dev.unikernel.config.Settings;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.network.NetworkMode;

/**
 * What the settings allow to be chosen.
 *
 * @param hypervisor which hypervisor, or any
 * @param network which network, or any but one of the user's own taps
 * @param otherServer whether the guests' DHCP server is not the embedded one, which goes with taps only
 * @param settings the settings that say so, with where they stand
 */
record Wanted(HypervisorChoice hypervisor, NetworkChoice network, boolean otherServer, String settings) {

    /** @throws VmStartException.PrerequisiteMissing if the settings contradict each other */
    static Wanted by(Settings settings) {
        NetworkChoice network = network(settings);
        boolean otherServer = settings.get(Keys.DHCP) != DhcpChoice.EMBEDDED;
        if (otherServer && network != NetworkChoice.TAP && network != NetworkChoice.AUTO) {
            throw contradiction(
                    settings.describe(Keys.DHCP) + " is for the network tap, but the network is " + network.key(),
                    "remove the setting");
        }
        if (!otherServer && settings.isSet(Keys.DHCP_BINARY)) {
            throw contradiction(
                    settings.describe(Keys.DHCP_BINARY) + " is for another DHCP server than the embedded one",
                    "name that server in unikernel.dhcp, or remove the setting");
        }
        return new Wanted(
                settings.get(Keys.HYPERVISOR),
                network,
                otherServer,
                settings.describe(Keys.HYPERVISOR) + ", " + settings.describe(Keys.NETWORK));
    }

    boolean allows(HypervisorKind kind, NetworkMode mode) {
        return (anyHypervisor() || hypervisor.key().equals(kind.key()))
                && (anyNetwork() ? mode != NetworkMode.PREMADE : network.key().equals(mode.key()))
                && (!otherServer || mode == NetworkMode.TAP);
    }

    /** Whether something is left for us to choose. */
    boolean leavesAChoice() {
        return anyHypervisor() || anyNetwork();
    }

    boolean anyHypervisor() {
        return hypervisor == HypervisorChoice.AUTO;
    }

    private boolean anyNetwork() {
        return network == NetworkChoice.AUTO;
    }

    /** Taps of the user's own imply that they are to be used, and are used for nothing else. */
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
}
