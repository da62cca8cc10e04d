/**
 * DHCP servers that somebody else wrote, started beside a guest's tap.
 *
 * <p>Start with {@link dev.unikernel.network.external.ExternalServer}.
 */
@NullMarked
package dev.unikernel.network.external;

import org.jspecify.annotations.NullMarked;
