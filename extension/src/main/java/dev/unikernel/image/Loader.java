package dev.unikernel.image;

/** What puts a kernel into the guest's memory; the two differ in what they accept. */
public enum Loader {
    /** rust-vmm's linux-loader, in Cloud Hypervisor. */
    CLOUD_HYPERVISOR,
    QEMU
}
