/**
 * What this machine can do: the facts that decide how a guest can be run here.
 *
 * <p>Start with {@link dev.unikernel.host.Host}; what it finds is a {@link dev.unikernel.host.Probe}.
 */
@NullMarked
package dev.unikernel.host;

import org.jspecify.annotations.NullMarked;
