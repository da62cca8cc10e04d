/**
 * What is in an image of Nanos: its kernel, and what it leaves there when it ends.
 *
 * <p>Start with {@link dev.unikernel.image.nanos.NanosImage}.
 */
@NullMarked
package dev.unikernel.image.nanos;

import org.jspecify.annotations.NullMarked;
