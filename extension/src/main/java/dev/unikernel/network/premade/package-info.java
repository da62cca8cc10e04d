/**
 * Guests behind tap devices that the user has made, with addresses from a DHCP server that the user runs.
 *
 * <p>Start with {@link dev.unikernel.network.premade.PremadeNetwork}; how an address becomes known is in {@code
 * LeaseSearch}.
 */
@NullMarked
package dev.unikernel.network.premade;

import org.jspecify.annotations.NullMarked;
