package dev.unikernel.network;

import dev.unikernel.config.CaptureChoice;
import dev.unikernel.config.DhcpChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.network.external.ExternalServer;
import dev.unikernel.network.namespace.NamespaceNetwork;
import dev.unikernel.network.premade.PremadeNetwork;
import dev.unikernel.network.tap.TapNetwork;
import dev.unikernel.network.user.UserNetwork;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Knows which ways to connect guests there are, and what each needs. */
public final class Networks {

    private static final String INSTEAD =
            "Use unikernel.network=tap in a network namespace of its own (the README has the"
                    + " wrapper), or unikernel.network=user with QEMU.";

    private static final Map<NetworkMode, GuestNetwork> OF_THIS_JVM = new ConcurrentHashMap<>();

    private Networks() {}

    /** Whether {@code host} has what {@code mode} needs. Nothing is made or changed. */
    public static Probe probe(NetworkMode mode, Settings settings, Host host) {
        return switch (mode) {
            case TAP ->
                host.ownNamespace()
                        .and(host::netAdmin)
                        .and(host::tun)
                        .and(() -> iproute())
                        .and(() -> ExternalServer.probe(settings));
            case USER -> program("mkfifo", "Install coreutils.");
            case PREMADE ->
                host.tun().and(() -> iproute()).and(() -> PremadeNetwork.probe(settings.get(Keys.TAP), host));
            case NAMESPACE -> host.tun().and(() -> iproute()).and(host::namespaces);
            case HOST_TAP -> new Probe.Missing(notYet(mode), INSTEAD);
        };
    }

    /**
     * The network of this JVM in a mode, which all its guests share.
     *
     * @param guards what removes everything if this JVM is killed
     * @throws NetworkException if the mode does not exist in this version, or a program that it needs is not installed
     */
    public static GuestNetwork of(NetworkMode mode, Settings settings, Host host, Guards guards) {
        if (mode == NetworkMode.PREMADE) {
            // It keeps nothing: what its guests must share is the machine's.
            return new PremadeNetwork(settings.get(Keys.TAP), MacAddress.parse(settings.get(Keys.MAC)));
        }
        if (mode == NetworkMode.TAP && settings.get(Keys.DHCP) != DhcpChoice.EMBEDDED) {
            return new TapNetwork(guards.taps(), ExternalServer.of(settings, guards.processes()));
        }
        GuestNetwork network = OF_THIS_JVM.computeIfAbsent(mode, absent -> make(absent, host, guards));
        return settings.get(Keys.CAPTURE) == CaptureChoice.DHCP ? network.capturing() : network;
    }

    private static GuestNetwork make(NetworkMode mode, Host host, Guards guards) {
        return switch (mode) {
            case TAP -> new TapNetwork(guards.taps());
            case USER -> new UserNetwork();
            case NAMESPACE -> new NamespaceNetwork(host.unshare(), host.nsenter(), guards);
            case PREMADE, HOST_TAP -> throw new NetworkException(notYet(mode) + ". " + INSTEAD);
        };
    }

    /**
     * Whether guests can be let out in the network mode 'namespace', wherever that itself is possible; in 'user' they always
     * can.
     */
    public static Probe probeOutbound() {
        return NamespaceNetwork.outboundProbe();
    }

    private static Probe iproute() {
        return program("ip", "Install iproute2 (Debian, Ubuntu: sudo apt-get install iproute2).");
    }

    private static Probe program(String name, String fix) {
        return Tool.find(name)
                .<Probe>map(tool -> new Probe.Available(tool.program().toString()))
                .orElseGet(() -> new Probe.Missing("there is no " + name + " in any of " + Tool.path(), fix));
    }

    private static String notYet(NetworkMode mode) {
        return "the network mode '" + mode.key() + "' is not in this version yet";
    }
}
