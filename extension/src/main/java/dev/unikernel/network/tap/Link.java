package dev.unikernel.network.tap;

import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The connection between the host and one guest. Its names derive from one number, so that whoever has made the tap of that
 * name also owns the addresses: the kernel refuses a second one, be it asked for by another process.
 *
 * @param index the link's number, 0 to 16383
 * @param subnet the link's addresses: the host's, which is the first, and the guest's
 * @param guest the guest's address
 * @param bridge the bridge whose port the tap is, and which has the host's address; empty if the guest is alone
 */
record Link(int index, Subnet subnet, Inet4Address guest, MacAddress mac, Optional<String> bridge) {

    /** Room for two hosts. */
    static final int PREFIX = 30;

    /** Locally administered, then "uk". */
    private static final long MAC_BASE = 0x02_75_6b_00_00_00L;

    /** The link of a guest that is alone. */
    Link(int index, Subnet subnet) {
        this(index, subnet, subnet.host(2), new MacAddress(MAC_BASE | index), Optional.empty());
    }

    /** A link with the same tap, for the guest of an address on a segment. */
    Link on(Segment segment, Inet4Address guest) {
        return new Link(index, segment.subnet(), guest, Segment.mac(guest), Optional.of(segment.bridge()));
    }

    String tap() {
        return "uk" + HexFormat.of().toHexDigits((short) index);
    }

    Inet4Address host() {
        return subnet.host(1);
    }
}
