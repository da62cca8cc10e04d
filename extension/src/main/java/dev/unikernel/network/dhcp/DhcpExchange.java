package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was seen of one guest's exchange with whichever server answers it. */
public final class DhcpExchange implements LeaseSource {

    /** The first messages tell how it began, the last ones where it stands; what is between may be dropped. */
    private static final int FIRST_KEPT = 32;

    private static final int LAST_KEPT = 32;

    private final List<DhcpSighting> sightings = new ArrayList<>();

    private @Nullable Lease lease;
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
        leaseOf(message).ifPresent(acknowledged -> lease = acknowledged);
        listener.run();
    }

    /** An ACK without an address or a time answers an INFORM and assigns nothing. */
    private static Optional<Lease> leaseOf(DhcpMessage message) {
        if (message.op() != DhcpMessage.Op.REPLY
                || message.type() != DhcpSighting.Type.ACK
                || message.yiaddr().equals(DhcpMessage.NO_ADDRESS)) {
            return Optional.empty();
        }
        return message.serverIdentifier().flatMap(server -> message.leaseTime()
                .map(time -> new Lease(message.chaddr(), message.yiaddr(), server, time)));
    }

    @Override
    public synchronized Optional<Lease> lease() {
        return Optional.ofNullable(lease);
    }

    @Override
    public synchronized List<DhcpSighting> sightings() {
        return List.copyOf(sightings);
    }
}
