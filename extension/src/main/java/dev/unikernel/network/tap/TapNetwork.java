package dev.unikernel.network.tap;

import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.dhcp.Binding;
import dev.unikernel.network.dhcp.DhcpCapture;
import dev.unikernel.network.dhcp.DhcpServer;
import dev.unikernel.network.dhcp.LinkServer;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Each guest behind a tap of its own in this JVM's network namespace, with a /30 out of 198.18.0.0/16 and a lease from
 * our own DHCP server, or from somebody else's; or on a bridge with others, with a /27 out of 198.19.0.0/16. Needs {@code
 * ip} of iproute2, {@code /dev/net/tun}, {@code CAP_NET_ADMIN} and port 67. Several JVMs can share a namespace.
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
    private final Bridges bridges;
    private final Segments segments;
    private final Uplink uplink;

    /** The device through which guests reach out; empty if they do not. */
    private final Optional<String> wayOut;

    /**
     * @param guard what removes taps if this JVM is killed
     * @throws NetworkException if there is no program {@code ip}
     */
    public TapNetwork(TapGuard guard) {
        this(guard, DHCP);
    }

    /** With another DHCP server than our own. */
    public TapNetwork(TapGuard guard, LinkServer server) {
        this(LinkPool.ofThisJvm(), IpCommand.find(), guard, server);
    }

    TapNetwork(LinkPool links, IpCommand ip, TapGuard guard) {
        this(links, ip, guard, DHCP);
    }

    private TapNetwork(LinkPool links, IpCommand ip, TapGuard guard, LinkServer server) {
        this.links = links;
        this.ip = ip;
        this.guard = guard;
        this.server = server;
        this.bridges = new Bridges(ip, guard);
        this.segments = new Segments(bridges);
        this.uplink = new Uplink(ip);
        this.wayOut = Optional.empty();
        this.capturing = false;
    }

    /** The same network, but for what it does with guests. */
    private TapNetwork(TapNetwork network, boolean capturing, Optional<String> wayOut) {
        this.links = network.links;
        this.ip = network.ip;
        this.guard = network.guard;
        this.server = network.server;
        this.bridges = network.bridges;
        this.segments = network.segments;
        this.uplink = network.uplink;
        this.wayOut = wayOut;
        this.capturing = capturing;
    }

    @Override
    public NetworkMode mode() {
        return NetworkMode.TAP;
    }

    /** {@inheritDoc} Our own server sees them; others do not tell. */
    @Override
    public TapNetwork capturing() {
        return new TapNetwork(this, true, wayOut);
    }

    /**
     * The same network, but its guests reach out through a device: one of this namespace, which nobody else has set up, with
     * QEMU's user network behind it.
     */
    public TapNetwork through(String device) {
        return new TapNetwork(this, capturing, Optional.of(device));
    }

    /** Another server would have to serve several guests behind one interface. */
    @Override
    public Optional<String> whyNoSegments() {
        return server instanceof DhcpServer
                ? Optional.empty()
                : Optional.of("only the embedded DHCP server serves several VMs of one network. Next: use"
                        + " unikernel.dhcp=embedded");
    }

    @Override
    public SegmentPlace join(SegmentKey segment, String member) {
        Segments.Place place = segments.join(segment, member);
        return place.connectedBy((ports, folder) -> attach(place.segment(), place.address(), folder));
    }

    /** Connects the guest of an address to the segment of a number, whose bridge is made if it is not there. */
    public TapAttachment attach(int segment, Inet4Address guest, Path folder) {
        Segment shared = bridges.require(segment);
        return attach(() -> links.next(List.of()).on(shared, guest), folder);
    }

    /** Takes away the bridge of the segment of a number, if there is one. */
    public void remove(int segment) {
        bridges.left(segment);
    }

    /** {@inheritDoc} All ports of the guest are reachable, whatever {@code ports} says. */
    @Override
    public TapAttachment attach(List<Integer> ports, Path folder) {
        return attach(() -> links.next(TakenSubnets.now()), folder);
    }

    private TapAttachment attach(Supplier<Link> link, Path folder) {
        Tap tap = Tap.create(link, ip, guard);
        try {
            return letOut(tap, folder);
        } catch (NetworkException refused) {
            tap.delete();
            throw refused;
        }
    }

    private TapAttachment letOut(Tap tap, Path folder) {
        Optional<Uplink.Exit> exit = wayOut.map(device -> uplink.open(tap.link(), device));
        try {
            return serve(tap, exit, folder);
        } catch (NetworkException refused) {
            exit.ifPresent(Uplink.Exit::close);
            throw refused;
        }
    }

    private TapAttachment serve(Tap tap, Optional<Uplink.Exit> exit, Path folder) {
        Link link = tap.link();
        Binding binding = new Binding(
                link.mac(), link.guest(), link.host(), link.subnet(), LEASE_TIME, exit.map(any -> Uplink.NAME_SERVER));
        DhcpCapture capture = capturing ? new DhcpCapture() : DhcpCapture.none();
        return new TapAttachment(tap, exit, server.serve(binding, link.tap(), folder, capture), capture);
    }
}
