package dev.unikernel.bench;

import dev.unikernel.vm.Vm;

/**
 * What one of our boots looked like from outside, so that others can do the same without us.
 *
 * @param hypervisor name and version
 * @param guest the guest's address
 * @param server our address on the guest's link
 */
record Witness(String hypervisor, VmmCommand command, String guest, String server) {

    static Witness of(Vm vm) {
        return new Witness(
                vm.hypervisor(),
                VmmCommand.of(vm.pid()),
                vm.lease().address().getHostAddress(),
                vm.lease().server().getHostAddress());
    }
}
