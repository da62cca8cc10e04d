package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What was seen of one guest's exchange with whichever server answers it. */
public final class DhcpExchange implements LeaseSource {

    /** The first messages tell how it began, the last ones where it stands; what is between may be dropped. */
    private static final int FIRST_KEPT = 32;

    private static final int LAST_KEPT = 32;

    private static final int LONGEST_QUOTE = 200;

    private final List<DhcpSighting> sightings = new ArrayList<>();

    private @Nullable Lease lease;
    private long leasedAt;
    private @Nullable String trouble;
    private Runnable listener = () -> {};

    /** Has {@code listener} called after each message that is seen from now on, on the thread that saw it. */
    public synchronized void whenSeen(Runnable listener) {
        this.listener = listener;
    }

    /** Takes note of a message that went over the wire at {@code nanoTime}. */
    public synchronized void saw(DhcpMessage message, long nanoTime) {
        if (sightings.size() == FIRST_KEPT + LAST_KEPT) {
            sightings.remove(FIRST_KEPT);
        }
        sightings.add(new DhcpSighting(message.type(), nanoTime, message.summary()));
        if (message.op() == DhcpMessage.Op.REPLY) {
            heardServer(message, nanoTime);
        } else {
            heardGuest(message);
        }
        listener.run();
    }

    /** Takes note of a datagram of the guest's that was no DHCP message. */
    void sawMalformed(DhcpFormatException problem) {
        String text = "What the guest sent to DHCP servers was not understood: " + problem.getMessage()
                + ". Is its DHCP client sound?";
        synchronized (this) {
            trouble = text;
            listener.run();
        }
    }

    private void heardServer(DhcpMessage message, long nanoTime) {
        Optional<Lease> acknowledged = leaseOf(message);
        if (acknowledged.isPresent()) {
            leasedAt = lease == null ? nanoTime : leasedAt;
            lease = acknowledged.get();
            trouble = null;
        } else if (message.type() == DhcpSighting.Type.NAK) {
            lease = null;
            trouble = "The guest asked for an address that is not its own here, and was refused (NAK" + quote(message)
                    + "): does its image bring a lease or an address from elsewhere?";
        }
    }

    /** An ACK without an address or a time answers an INFORM and assigns nothing. */
    private static Optional<Lease> leaseOf(DhcpMessage message) {
        if (message.type() != DhcpSighting.Type.ACK || message.yiaddr().equals(DhcpMessage.NO_ADDRESS)) {
            return Optional.empty();
        }
        return message.serverIdentifier().flatMap(server -> message.leaseTime()
                .map(time -> new Lease(message.chaddr(), message.yiaddr(), server, time)));
    }

    private void heardGuest(DhcpMessage message) {
        boolean declined = message.type() == DhcpSighting.Type.DECLINE;
        if (declined || message.type() == DhcpSighting.Type.RELEASE) {
            Inet4Address address = declined ? message.requestedAddress().orElse(message.ciaddr()) : message.ciaddr();
            Lease known = lease;
            if (known == null || isAbout(known, address, message)) {
                lease = null;
                trouble = declined ? ofDecline(address, message) : ofRelease(address, message);
            }
        }
    }

    private static boolean isAbout(Lease lease, Inet4Address address, DhcpMessage message) {
        return lease.address().equals(address)
                && message.serverIdentifier().map(lease.server()::equals).orElse(true);
    }

    private static String ofDecline(Inet4Address address, DhcpMessage message) {
        return "The guest declined " + address.getHostAddress() + " (DECLINE" + quote(message)
                + "), because something on its link answers for that address: has the host's end proxy_arp set, is it"
                + " bridged, or has the image another card or a static address?";
    }

    private static String ofRelease(Inet4Address address, DhcpMessage message) {
        return "The guest gave " + address.getHostAddress() + " back (RELEASE" + quote(message)
                + "): did its DHCP client end?";
    }

    /** What the sender wrote for people (option 56). */
    private static String quote(DhcpMessage message) {
        return message.raw(DhcpOption.MESSAGE)
                .map(option -> new String(option.value(), StandardCharsets.UTF_8))
                .map(text -> text.replaceAll("[\\p{Cntrl}\ufffd]+", " ").strip())
                .filter(text -> !text.isEmpty())
                .map(text -> ": '" + text.substring(0, Math.min(LONGEST_QUOTE, text.length())) + "'")
                .orElse("");
    }

    /** The guest's lease, unless it has declined or released it, or was refused it since. */
    @Override
    public synchronized Optional<Lease> lease() {
        return Optional.ofNullable(lease);
    }

    @Override
    public synchronized List<DhcpSighting> sightings() {
        return List.copyOf(sightings);
    }

    @Override
    public synchronized OptionalLong leasedAt() {
        return lease == null ? OptionalLong.empty() : OptionalLong.of(leasedAt);
    }

    @Override
    public synchronized Optional<String> nextStep() {
        return lease == null ? Optional.ofNullable(trouble) : Optional.empty();
    }
}
