package dev.unikernel.hypervisor;

/** The hypervisors that can be driven, as the setting {@code unikernel.hypervisor} names them. */
public enum HypervisorKind {
    CLOUD_HYPERVISOR("cloud-hypervisor", "Cloud Hypervisor"),
    QEMU("qemu", "QEMU");

    private final String key;
    private final String title;

    HypervisorKind(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /** The name as it stands in settings. */
    public String key() {
        return key;
    }

    /** The name as it stands in sentences. */
    public String title() {
        return title;
    }
}
