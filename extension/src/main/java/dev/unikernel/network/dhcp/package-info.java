/**
 * DHCP (RFC 2131, RFC 2132): the messages, what a server answers, and a small server in pure Java.
 *
 * <p>Start with {@link dev.unikernel.network.dhcp.DhcpMessage}, {@link dev.unikernel.network.dhcp.DhcpServer} and {@link
 * dev.unikernel.network.dhcp.DhcpExchange} (what was seen of one guest's exchange; {@link
 * dev.unikernel.network.dhcp.DhcpCapture} keeps it as a file).
 */
@NullMarked
package dev.unikernel.network.dhcp;

import org.jspecify.annotations.NullMarked;
