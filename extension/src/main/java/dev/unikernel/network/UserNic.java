package dev.unikernel.network;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.List;

/**
 * A card behind QEMU's own network stack, which forwards TCP ports of the host to the guest.
 *
 * @param forwardAddress the address of this host (127.77.x.y) at which the ports are forwarded
 * @param ports the guest's TCP ports, forwarded under the same numbers
 * @param capture a named pipe into which QEMU writes what passes the card (filter-dump, pcap framing)
 * @param outbound whether the guest reaches what this host reaches; otherwise it can only answer
 */
public record UserNic(MacAddress mac, Inet4Address forwardAddress, List<Integer> ports, Path capture, boolean outbound)
        implements Nic {

    public UserNic {
        ports = List.copyOf(ports);
    }

    /** The card of a guest that can only answer. */
    public UserNic(MacAddress mac, Inet4Address forwardAddress, List<Integer> ports, Path capture) {
        this(mac, forwardAddress, ports, capture, false);
    }
}
