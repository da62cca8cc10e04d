package dev.unikernel.config;

/** The values of {@link Keys#CAPTURE}. */
public enum CaptureChoice implements Choice {
    OFF,
    /** The messages between the guest and its DHCP server. */
    DHCP;

    /** The name as it stands in settings. */
    @Override
    public String key() {
        return Choice.super.key();
    }
}
