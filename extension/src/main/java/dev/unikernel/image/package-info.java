/**
 * The files that a guest boots from: what they are, whether they can work, and private copies of them.
 *
 * <p>Start with {@link dev.unikernel.image.KernelImage} and {@link dev.unikernel.image.DiskImage}.
 */
@NullMarked
package dev.unikernel.image;

import org.jspecify.annotations.NullMarked;
