package dev.unikernel.it;

import dev.unikernel.config.HypervisorChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import java.util.Optional;

/** What guests need that were made for the hardware's KVM. QEMU does without any, Cloud Hypervisor does not. */
final class HardwareKvm {

    private HardwareKvm() {}

    /** Why {@code guest} cannot boot here with the hypervisor that the settings name. */
    static Optional<String> incapacity(String guest, Settings settings) {
        return settings.get(Keys.HYPERVISOR) == HypervisorChoice.CLOUD_HYPERVISOR
                        && !Host.current().hasHardwareVirtualization()
                ? Optional.of(guest + " does not boot on Cloud Hypervisor here: the KVM of this machine is software"
                        + " (no vmx or svm in /proc/cpuinfo)")
                : Optional.empty();
    }
}
