package dev.unikernel.network.namespace;

import dev.unikernel.host.Probe;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.Guards;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import dev.unikernel.network.relay.Forwarding;
import dev.unikernel.network.tap.Segments;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Each guest behind a tap of its own as with {@link dev.unikernel.network.tap.TapNetwork}, but in the namespaces of a helper,
 * and with an address 127.77.x.y of this machine from which its ports are relayed. The VMMs run in those namespaces, too,
 * and end with the helper, which ends with this JVM.
 *
 * <p>Needs {@code unshare} and {@code nsenter} of util-linux, user namespaces unless this is root, {@code ip} and
 * {@code /dev/net/tun}. The machine's own network is not touched.
 */
public final class NamespaceNetwork implements GuestNetwork {

    private final HelperOfJvm helper;
    private final Segments segments;
    private final boolean capturing;
    private final boolean outbound;

    /**
     * Starts nothing yet.
     *
     * @param unshare the command that makes the namespaces and runs a command in them
     * @param nsenter the program that enters them
     */
    public NamespaceNetwork(List<String> unshare, Path nsenter, Guards guards) {
        this(new HelperOfJvm(unshare, nsenter, guards));
    }

    private NamespaceNetwork(HelperOfJvm helper) {
        this(helper, new Segments(new Numbers(helper)), false, false);
    }

    private NamespaceNetwork(HelperOfJvm helper, Segments segments, boolean capturing, boolean outbound) {
        this.helper = helper;
        this.segments = segments;
        this.capturing = capturing;
        this.outbound = outbound;
    }

    /** Whether this machine has what {@link #outbound} needs besides. */
    public static Probe outboundProbe() {
        return Slirp.probe();
    }

    @Override
    public NetworkMode mode() {
        return NetworkMode.NAMESPACE;
    }

    /** {@inheritDoc} The helper. */
    @Override
    public void prepare() {
        helper.prepare();
    }

    /** {@inheritDoc} By the same helper. */
    @Override
    public GuestNetwork capturing() {
        return new NamespaceNetwork(helper, segments, true, outbound);
    }

    @Override
    public Optional<String> whyNoOutbound() {
        return Slirp.absence();
    }

    /** {@inheritDoc} By slirp4netns, which runs outside of the namespaces, once for all of them. */
    @Override
    public GuestNetwork outbound() {
        return new NamespaceNetwork(helper, segments, capturing, true);
    }

    @Override
    public Optional<String> whyNoSegments() {
        return Optional.empty();
    }

    @Override
    public SegmentPlace join(SegmentKey segment, String member) {
        Segments.Place place = segments.join(segment, member);
        return place.connectedBy((ports, folder) ->
                attach(ports, (guest, wayOut) -> new Order.Join(guest, place.segment(), place.address(), wayOut)));
    }

    @Override
    public Attachment attach(List<Integer> ports, Path folder) {
        return attach(ports, Order.Attach::new);
    }

    /** The order to connect the guest of a number, which is told the device that leads out if it may take it. */
    private interface Connecting {
        Order order(int guest, Optional<String> wayOut);
    }

    private Attachment attach(List<Integer> ports, Connecting connecting) {
        // Before the helper is waited for.
        ForwardAddress forward = ForwardAddress.claim(ports);
        try {
            HelperProcess running = helper.get();
            try {
                return attach(running, forward, ports, connecting);
            } catch (NetworkException refused) {
                if (running.isRunning()) {
                    throw refused;
                }
                // It was killed just now.
                return attach(helper.get(), forward, ports, connecting);
            }
        } catch (NetworkException refused) {
            forward.close();
            throw refused;
        }
    }

    private Attachment attach(
            HelperProcess running, ForwardAddress forward, List<Integer> ports, Connecting connecting) {
        Optional<String> wayOut = outbound ? Optional.of(running.wayOut()) : Optional.empty();
        HelperGuest guest = HelperGuest.attach(running, number -> connecting.order(number, wayOut));
        try {
            Forwarding forwarding = running.relay().forward(forward.address(), guest.address(), ports);
            return new NamespaceAttachment(guest, forward, forwarding, helper.enter(running), capturing);
        } catch (NetworkException refused) {
            guest.close();
            throw refused;
        }
    }

    /** Nobody else has segments in the helper's namespaces, so that they can be made when the first guest comes. */
    private static final class Numbers implements Segments.Numbers {
        private final HelperOfJvm helper;
        private final AtomicInteger next = new AtomicInteger();

        Numbers(HelperOfJvm helper) {
            this.helper = helper;
        }

        @Override
        public int take() {
            int number = next.getAndIncrement();
            if (number >= Segments.most()) {
                throw new NetworkException("this JVM has used all " + Segments.most()
                        + " networks that VMs can share. Divide the tests among several JVMs");
            }
            return number;
        }

        @Override
        public void left(int number) {
            helper.tellIfRunning(new Order.Remove(number));
        }
    }
}
