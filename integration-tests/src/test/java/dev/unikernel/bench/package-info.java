/**
 * Measures what this project adds to the time of a boot, and what it saves; run by {@code bin/bench}.
 *
 * <p>Start with {@link dev.unikernel.bench.Bench}.
 */
@NullMarked
package dev.unikernel.bench;

import org.jspecify.annotations.NullMarked;
