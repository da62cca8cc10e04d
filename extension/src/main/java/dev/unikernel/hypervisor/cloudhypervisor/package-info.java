/**
 * Cloud Hypervisor: its versions, command line, events, and what it says when it fails.
 *
 * <p>Start with {@link dev.unikernel.hypervisor.cloudhypervisor.CloudHypervisor}; what differs between versions is in
 * {@link dev.unikernel.hypervisor.cloudhypervisor.Gate}.
 */
@NullMarked
package dev.unikernel.hypervisor.cloudhypervisor;

import org.jspecify.annotations.NullMarked;
