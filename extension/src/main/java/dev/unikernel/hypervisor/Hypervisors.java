package dev.unikernel.hypervisor;

import dev.unikernel.config.HypervisorChoice;
import dev.unikernel.config.Key;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.cloudhypervisor.CloudHypervisor;
import dev.unikernel.hypervisor.qemu.Qemu;
import java.nio.file.Path;
import java.util.Optional;

/** The hypervisors that this machine has; the only place that names their classes. */
public final class Hypervisors {

    private Hypervisors() {}

    /**
     * Whether {@link #find} would find a hypervisor of this kind that can run guests here.
     *
     * <p>Where {@code unikernel.hypervisor} leaves the choice to us, Cloud Hypervisor counts only with a KVM in hardware;
     * one in software runs few guests.
     *
     * @throws HypervisorException if a binary that the settings name cannot be used: whoever names one wants that one
     * @throws dev.unikernel.host.HostException likewise, if it does not exist
     */
    public static Probe probe(HypervisorKind kind, Settings settings, Host host) {
        return installed(kind, settings, host).and(() -> accelerated(kind, settings, host));
    }

    /**
     * Whether there is a binary of this kind in a version that can be driven; what is available names it.
     *
     * @throws HypervisorException as {@link #probe}
     * @throws dev.unikernel.host.HostException as {@link #probe}
     */
    public static Probe installed(HypervisorKind kind, Settings settings, Host host) {
        return binary(kind, settings, host).isEmpty()
                ? Host.noBinary(key(kind), program(kind))
                : usable(kind, settings, host);
    }

    /**
     * The hypervisor of this kind, in the version that it says it has. QEMU uses KVM where it is one in hardware.
     *
     * @throws HypervisorException if there is none, or its binary cannot be used
     * @throws dev.unikernel.host.HostException if a binary that the settings name does not exist
     */
    public static Hypervisor find(HypervisorKind kind, Settings settings, Host host) {
        Spawner.prepare();
        Path binary = binary(kind, settings, host).orElseThrow(() -> {
            Probe.Missing missing = Host.noBinary(key(kind), program(kind));
            return new HypervisorException(missing.reason(), missing.fix());
        });
        return switch (kind) {
            case CLOUD_HYPERVISOR -> CloudHypervisor.at(binary);
            case QEMU ->
                Qemu.at(binary, host.hasHardwareVirtualization() && host.kvm().isAvailable());
        };
    }

    private static Probe usable(HypervisorKind kind, Settings settings, Host host) {
        try {
            return new Probe.Available(find(kind, settings, host).describe());
        } catch (HypervisorException e) {
            if (settings.isSet(key(kind))) {
                throw e;
            }
            return new Probe.Missing(e.found(), e.nextStep() + ".");
        }
    }

    private static Probe accelerated(HypervisorKind kind, Settings settings, Host host) {
        if (kind == HypervisorKind.QEMU) {
            return new Probe.Available("QEMU emulates the processor if need be");
        }
        Probe kvm = host.kvm();
        if (kvm.isAvailable()
                && !host.hasHardwareVirtualization()
                && settings.get(Keys.HYPERVISOR) == HypervisorChoice.AUTO) {
            return new Probe.Missing(
                    "the processor has neither vmx nor svm, so that /dev/kvm is a KVM in software, which runs few guests",
                    "To use it all the same set " + Keys.HYPERVISOR.name() + "="
                            + HypervisorChoice.CLOUD_HYPERVISOR.key() + ".");
        }
        return kvm;
    }

    /**
     * The binary that {@link #find} takes; empty if there is none.
     *
     * @throws dev.unikernel.host.HostException if the settings name one that does not exist
     */
    public static Optional<Path> binary(HypervisorKind kind, Settings settings, Host host) {
        return host.findBinary(settings, key(kind), program(kind));
    }

    private static Key<Optional<Path>> key(HypervisorKind kind) {
        return switch (kind) {
            case CLOUD_HYPERVISOR -> Keys.CLOUD_HYPERVISOR_BINARY;
            case QEMU -> Keys.QEMU_BINARY;
        };
    }

    private static String program(HypervisorKind kind) {
        return switch (kind) {
            case CLOUD_HYPERVISOR -> "cloud-hypervisor";
            case QEMU -> "qemu-system-x86_64";
        };
    }
}
