/**
 * The plain API: describe a VM, start it, use it, close it. Nothing here knows JUnit.
 *
 * <p>Start with {@link dev.unikernel.vm.VmSpec}, {@link dev.unikernel.vm.VmLauncher} and {@link dev.unikernel.vm.Vm}.
 */
@NullMarked
package dev.unikernel.vm;

import org.jspecify.annotations.NullMarked;
