package dev.unikernel.network;

import java.util.List;
import java.util.Optional;

/** What is known of one guest's DHCP exchange. Safe for use by several threads. */
public interface LeaseSource {

    /** The guest's lease, once a server has acknowledged one. */
    Optional<Lease> lease();

    /** The messages seen so far, oldest first; bounded, so that a guest which asks for ever does not fill the memory. */
    List<DhcpSighting> sightings();
}
