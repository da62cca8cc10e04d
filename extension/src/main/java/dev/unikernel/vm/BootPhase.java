package dev.unikernel.vm;

/** The steps of a boot, in their usual order. A phase that a hypervisor or network does not show is left out. */
public enum BootPhase {
    /** The VMM's process exists. */
    SPAWNED("spawned"),
    /** The VMM is set up and lets the guest run. */
    VMM_READY("vmmReady"),
    /** The guest's driver took its network card into use. */
    NIC_UP("nicUp"),
    /** The guest's first DHCPDISCOVER was seen. */
    DISCOVER("discover"),
    /** A DHCP server acknowledged an address (DHCPACK). */
    LEASED("leased"),
    /** The guest accepted a TCP connection. */
    LISTENING("listening"),
    /** What the readiness asked for was seen. */
    READY("ready");

    private final String label;

    BootPhase(String label) {
        this.label = label;
    }

    /** The name as it stands in reports: {@code vmmReady}. */
    public String label() {
        return label;
    }
}
