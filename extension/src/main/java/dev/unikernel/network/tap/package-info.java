/**
 * Guests behind tap devices of their own, with addresses from our own DHCP server.
 *
 * <p>Start with {@link dev.unikernel.network.tap.TapNetwork}.
 */
@NullMarked
package dev.unikernel.network.tap;

import org.jspecify.annotations.NullMarked;
