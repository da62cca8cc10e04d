/**
 * The hypervisors: how each is called, supervised and understood.
 *
 * <p>Start with {@link dev.unikernel.hypervisor.Hypervisor} and {@link dev.unikernel.hypervisor.Vmm}, a running
 * hypervisor process with one guest.
 */
@NullMarked
package dev.unikernel.hypervisor;

import org.jspecify.annotations.NullMarked;
