package dev.unikernel.network.dhcp;

import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Optional;

/**
 * What one guest is to be given.
 *
 * @param mac the guest's hardware address, by which its messages are known
 * @param address the guest's address
 * @param server our address on the guest's link: server, router and other end
 * @param subnet the link's subnet, in which both addresses lie
 * @param leaseTime how long the lease lasts, 1 s to 0xfffffffe s
 * @param nameServer who answers the guest's DNS queries, if anybody does
 */
public record Binding(
        MacAddress mac,
        Inet4Address address,
        Inet4Address server,
        Subnet subnet,
        Duration leaseTime,
        Optional<Inet4Address> nameServer) {

    /** For a guest that has nobody to answer its DNS queries. */
    public Binding(MacAddress mac, Inet4Address address, Inet4Address server, Subnet subnet, Duration leaseTime) {
        this(mac, address, server, subnet, leaseTime, Optional.empty());
    }

    public Binding {
        requireHost(subnet, address);
        requireHost(subnet, server);
        if (address.equals(server)) {
            throw new IllegalArgumentException(
                    "guest and server need two addresses, but both were: " + address.getHostAddress());
        }
        if (leaseTime.toSeconds() < 1 || leaseTime.toSeconds() > 0xfffffffeL) {
            throw new IllegalArgumentException("a lease lasts 1 s to 0xfffffffe s, but was: " + leaseTime);
        }
    }

    /** When the guest is to renew: after half of the lease (T1 of RFC 2131 section 4.4.5). */
    Duration renewalTime() {
        return Duration.ofSeconds(leaseTime.toSeconds() / 2);
    }

    /** When the guest is to ask any server: after seven eighths of the lease (T2). */
    Duration rebindingTime() {
        return Duration.ofSeconds(leaseTime.toSeconds() * 7 / 8);
    }

    /** Whether {@code other} can be somebody's address on the link beside ours. */
    boolean isNeighbour(Inet4Address other) {
        return isHost(subnet, other) && !other.equals(server);
    }

    private static boolean isHost(Subnet subnet, Inet4Address address) {
        return subnet.contains(address) && !address.equals(subnet.base()) && !address.equals(subnet.broadcast());
    }

    private static void requireHost(Subnet subnet, Inet4Address address) {
        if (!isHost(subnet, address)) {
            throw new IllegalArgumentException(address.getHostAddress() + " is not a host's address in " + subnet);
        }
    }
}
