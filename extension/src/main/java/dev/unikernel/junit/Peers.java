package dev.unikernel.junit;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** The VMs whose addresses another VM's command line asks for. */
final class Peers {

    private Peers() {}

    /**
     * Checks that they are on the same network: to whoever is not there, an address would be given that nobody has.
     *
     * @param visible what can be meant
     * @throws ExtensionConfigurationException names those that can be asked for
     */
    static void check(Declaration vm, Collection<DeclaredVm> visible) {
        List<String> known = visible.stream()
                .map(DeclaredVm::declaration)
                .filter(other -> isOnTheSameNetwork(vm, other))
                .map(Declaration::name)
                .toList();
        for (String peer : vm.spec().peers()) {
            if (!known.contains(peer)) {
                throw new ExtensionConfigurationException("the command line of VM '" + vm.name() + "' asks for ${vm."
                        + peer + ".address}, but " + absence(vm, peer, visible) + ". VMs on the network '"
                        + vm.spec().network() + "' of VM '" + vm.name() + "' are " + known
                        + ". Next: name one of these, or put VM '" + peer + "' on that network, too.");
            }
        }
    }

    /** VMs that classes share are on networks of their own. */
    private static boolean isOnTheSameNetwork(Declaration vm, Declaration other) {
        return other.spec().network().equals(vm.spec().network())
                && (other.scope() == Scope.SESSION) == (vm.scope() == Scope.SESSION);
    }

    private static String absence(Declaration vm, String peer, Collection<DeclaredVm> visible) {
        return visible.stream()
                .map(DeclaredVm::declaration)
                .filter(other -> other.name().equals(peer))
                .map(other -> {
                    String network = other.spec().network();
                    if (network.equals(vm.spec().network())) {
                        return "one of the two has the scope SESSION and so a network of the same name for the session";
                    }
                    return "that VM is on " + (network.isEmpty() ? "no network" : "the network '" + network + "'");
                })
                .findFirst()
                .orElse("the class has no VM of that name");
    }
}
