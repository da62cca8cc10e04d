/**
 * The face that JUnit and its users see: annotations, the extension behind them, injection.
 *
 * <p>Start with {@link dev.unikernel.junit.UnikernelVm} and {@link dev.unikernel.junit.VmAddress}. This is the only package
 * that knows JUnit.
 */
@NullMarked
package dev.unikernel.junit;

import org.jspecify.annotations.NullMarked;
