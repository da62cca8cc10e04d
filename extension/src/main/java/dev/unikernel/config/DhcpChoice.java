package dev.unikernel.config;

/** The values of {@link Keys#DHCP}. */
public enum DhcpChoice implements Choice {
    /** The server that is built in. */
    EMBEDDED,
    /** ISC dhcpd. */
    DHCPD,
    DNSMASQ,
    /** ISC Kea. */
    KEA;

    /** The name as it stands in settings. */
    @Override
    public String key() {
        return Choice.super.key();
    }
}
