package dev.unikernel.config;

/** The values of {@link Keys#HYPERVISOR}. */
public enum HypervisorChoice implements Choice {
    /** The first that this machine can run, Cloud Hypervisor before QEMU. */
    AUTO,
    CLOUD_HYPERVISOR,
    QEMU;

    /** The name as it stands in settings. */
    @Override
    public String key() {
        return Choice.super.key();
    }
}
