package dev.unikernel.network.tap;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.util.HexFormat;

/**
 * An Ethernet segment that guests share. All its names derive from its number, as those of a {@link Link} do.
 *
 * @param number 0 to {@link #COUNT} - 1
 */
record Segment(int number) {

    /** The other half of our addresses; the first is for guests that are alone. */
    static final Subnet ADDRESSES = Subnet.parse("198.19.0.0/16");

    /** Room for the host and 29 guests. */
    static final int PREFIX = 27;

    static final int COUNT = 1 << (PREFIX - ADDRESSES.prefix());

    /** The offsets in the subnet at which guests are. */
    static final int FIRST_GUEST = 2;

    static final int LAST_GUEST = (1 << (32 - PREFIX)) - 2;

    /** Locally administered, then "uk", then what no {@link Link} has. */
    private static final long MAC_BASE = 0x02_75_6b_80_00_00L;

    Subnet subnet() {
        return new Subnet(Ipv4.of(Ipv4.bits(ADDRESSES.base()) + (number << (32 - PREFIX))), PREFIX);
    }

    String bridge() {
        return "ukb" + HexFormat.of().toHexDigits((short) number);
    }

    Inet4Address host() {
        return subnet().host(1);
    }

    /** Whoever has an address has the same one next time, so that what its neighbours remember of it stays true. */
    static MacAddress mac(Inet4Address address) {
        return new MacAddress(MAC_BASE | (Ipv4.bits(address) & 0xffff));
    }
}
