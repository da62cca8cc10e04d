/**
 * Guests behind QEMU's own network stack: no privilege, no device, and the exchange with QEMU's DHCP server read from its
 * capture of the card.
 *
 * <p>Start with {@link dev.unikernel.network.user.UserNetwork}.
 */
@NullMarked
package dev.unikernel.network.user;

import org.jspecify.annotations.NullMarked;
