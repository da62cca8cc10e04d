/**
 * Carries connections between a loopback address of this machine and guests in another network namespace, over a Unix socket that
 * both sides reach.
 *
 * <p>Start with {@link dev.unikernel.network.relay.Forwarding}, the side of the tests, and {@link
 * dev.unikernel.network.relay.GuestSide}, the side of the guests. What goes over the socket is described at {@link
 * dev.unikernel.network.relay.Frames}.
 */
@NullMarked
package dev.unikernel.network.relay;

import org.jspecify.annotations.NullMarked;
