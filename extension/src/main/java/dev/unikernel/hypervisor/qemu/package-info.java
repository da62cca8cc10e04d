/**
 * QEMU: its command line, what it tells by QMP, and what it says when it fails.
 *
 * <p>Start with {@link dev.unikernel.hypervisor.qemu.Qemu}.
 */
@NullMarked
package dev.unikernel.hypervisor.qemu;

import org.jspecify.annotations.NullMarked;
