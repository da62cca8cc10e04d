package dev.unikernel.network;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What is known of one guest's DHCP exchange. Safe for use by several threads. */
public interface LeaseSource {

    /** The guest's lease, once a server has acknowledged one, or the guest was seen to use it. */
    Optional<Lease> lease();

    /** The messages seen so far, oldest first; bounded, so that a guest which asks for ever does not fill the memory. */
    List<DhcpSighting> sightings();

    /** When the lease was known, on the clock of {@link System#nanoTime}: when the acknowledgement was seen. */
    default OptionalLong leasedAt() {
        return sightings().stream()
                .filter(sighting -> sighting.type() == DhcpSighting.Type.ACK)
                .mapToLong(DhcpSighting::nanoTime)
                .findFirst();
    }

    /** What to do where no lease became known, if this source knows better than the messages that were seen. */
    default Optional<String> nextStep() {
        return Optional.empty();
    }
}
