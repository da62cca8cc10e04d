package dev.unikernel.network;

import java.net.Inet4Address;
import java.time.Duration;

/**
 * What a DHCP server assigned to a guest (RFC 2131).
 *
 * @param mac the guest's hardware address
 * @param address the address that was acknowledged
 * @param server the server that acknowledged it (option 54); behind a tap that the user has made, where the server's
 *     messages are not seen, the one that the guest asked, or else the tap's own address
 * @param time how long the lease lasts (option 51); zero where that is not known, as it can be behind such a tap
 */
public record Lease(MacAddress mac, Inet4Address address, Inet4Address server, Duration time) {}
