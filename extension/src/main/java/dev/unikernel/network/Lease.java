package dev.unikernel.network;

import java.net.Inet4Address;
import java.time.Duration;

/**
 * What a DHCP server assigned to a guest (RFC 2131).
 *
 * @param mac the guest's hardware address
 * @param address the address that was acknowledged
 * @param server the server that acknowledged it (option 54)
 * @param time how long the lease lasts (option 51)
 */
public record Lease(MacAddress mac, Inet4Address address, Inet4Address server, Duration time) {}
