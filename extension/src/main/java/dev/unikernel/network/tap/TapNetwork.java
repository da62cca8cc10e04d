package dev.unikernel.network.tap;

import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.dhcp.Binding;
import dev.unikernel.network.dhcp.DhcpCapture;
import dev.unikernel.network.dhcp.DhcpServer;
import dev.unikernel.network.dhcp.LinkServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Each guest behind a tap of its own in this JVM's network namespace, with a /30 out of 198.18.0.0/15 and a lease from
 * our own DHCP server, or from somebody else's. Needs {@code ip} of iproute2, {@code /dev/net/tun}, {@code CAP_NET_ADMIN} and port 67. Several
 * JVMs can share a namespace.
 */
public final class TapNetwork implements GuestNetwork {

    /** Long, so that no guest renews in the middle of a test. */
    private static final Duration LEASE_TIME = Duration.ofDays(1);

    /** One for all: one thread and one receiver hear the guests of every network object. */
    private static final DhcpServer DHCP = new DhcpServer();

    private final LinkPool links;
    private final IpCommand ip;
    private final TapGuard guard;
    private final LinkServer server;
    private final boolean capturing;

    /**
     * @param guard what removes taps if this JVM is killed
     * @throws NetworkException if there is no program {@code ip}
     */
    public TapNetwork(TapGuard guard) {
        this(guard, DHCP);
    }

    /** With another DHCP server than our own. */
    public TapNetwork(TapGuard guard, LinkServer server) {
        this(LinkPool.ofThisJvm(), IpCommand.find(), guard, server, false);
    }

    TapNetwork(LinkPool links, IpCommand ip, TapGuard guard) {
        this(links, ip, guard, DHCP, false);
    }

    private TapNetwork(LinkPool links, IpCommand ip, TapGuard guard, LinkServer server, boolean capturing) {
        this.capturing = capturing;
        this.server = server;
        this.links = links;
        this.ip = ip;
        this.guard = guard;
    }

    @Override
    public NetworkMode mode() {
        return NetworkMode.TAP;
    }

    /** {@inheritDoc} Our own server sees them; others do not tell. */
    @Override
    public TapNetwork capturing() {
        return new TapNetwork(links, ip, guard, server, true);
    }

    /** {@inheritDoc} All ports of the guest are reachable, whatever {@code ports} says. */
    @Override
    public TapAttachment attach(List<Integer> ports, Path folder) {
        Tap tap = Tap.create(links, TakenSubnets::now, ip, guard);
        try {
            Link link = tap.link();
            Binding binding = new Binding(link.mac(), link.guest(), link.host(), link.subnet(), LEASE_TIME);
            DhcpCapture capture = capturing ? new DhcpCapture() : DhcpCapture.none();
            return new TapAttachment(tap, server.serve(binding, link.tap(), folder, capture), capture);
        } catch (NetworkException refused) {
            tap.delete();
            throw refused;
        }
    }
}
