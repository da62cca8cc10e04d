/**
 * What Nanos leaves on its disk when it ends.
 *
 * <p>Start with {@link dev.unikernel.image.nanos.NanosImage}.
 */
@NullMarked
package dev.unikernel.image.nanos;

import org.jspecify.annotations.NullMarked;
