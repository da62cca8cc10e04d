package dev.unikernel.network.tap;

import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.util.HexFormat;

/**
 * The connection between the host and one guest. All its names derive from one number, so that whoever has made the tap
 * of that name also owns the addresses: the kernel refuses a second one, be it asked for by another process.
 *
 * @param index the link's number, 0 to 32767
 * @param subnet the link's addresses: the host's and the guest's
 */
record Link(int index, Subnet subnet) {

    /** Room for two hosts. */
    static final int PREFIX = 30;

    /** Locally administered, then "uk". */
    private static final long MAC_BASE = 0x02_75_6b_00_00_00L;

    String tap() {
        return "uk" + HexFormat.of().toHexDigits((short) index);
    }

    MacAddress mac() {
        return new MacAddress(MAC_BASE | index);
    }

    Inet4Address host() {
        return subnet.host(1);
    }

    Inet4Address guest() {
        return subnet.host(2);
    }
}
