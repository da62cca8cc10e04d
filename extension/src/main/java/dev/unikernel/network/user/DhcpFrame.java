package dev.unikernel.network.user;

import dev.unikernel.network.dhcp.DhcpMessage;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Finds the DHCP message in an Ethernet frame: IPv4 (RFC 791), UDP (RFC 768), between ports 67 and 68. */
final class DhcpFrame {

    private static final int ETHERTYPE = 12;
    private static final int IP = 14;
    private static final int IP_HEADER_LENGTH = 20;
    private static final int UDP_HEADER_LENGTH = 8;

    private static final int IPV4 = 0x0800;
    private static final int UDP = 17;
    private static final int FRAGMENT_OFFSET = 0x1fff;
    private static final int MORE_FRAGMENTS = 0x2000;

    private DhcpFrame() {}

    /** The payload of the datagram in {@code frame}, if that is one of DHCP and came whole; checksums are not looked at. */
    static Optional<ByteBuffer> payload(ByteBuffer frame) {
        if (frame.remaining() < IP + IP_HEADER_LENGTH + UDP_HEADER_LENGTH) {
            return Optional.empty();
        }
        ByteBuffer bytes = frame.slice();
        int headerLength = (bytes.get(IP) & 0x0f) * 4;
        int udp = IP + headerLength;
        boolean wholeUdp = u16(bytes, ETHERTYPE) == IPV4
                && (bytes.get(IP) & 0xf0) == 0x40
                && headerLength >= IP_HEADER_LENGTH
                && bytes.get(IP + 9) == UDP
                && (u16(bytes, IP + 6) & (FRAGMENT_OFFSET | MORE_FRAGMENTS)) == 0
                && bytes.remaining() >= udp + UDP_HEADER_LENGTH;
        if (!wholeUdp || !isDhcp(u16(bytes, udp), u16(bytes, udp + 2))) {
            return Optional.empty();
        }
        int length = u16(bytes, udp + 4);
        return length < UDP_HEADER_LENGTH || udp + length > bytes.remaining()
                ? Optional.empty()
                : Optional.of(bytes.slice(udp + UDP_HEADER_LENGTH, length - UDP_HEADER_LENGTH));
    }

    private static boolean isDhcp(int from, int to) {
        return (from == DhcpMessage.CLIENT_PORT && to == DhcpMessage.SERVER_PORT)
                || (from == DhcpMessage.SERVER_PORT && to == DhcpMessage.CLIENT_PORT);
    }

    private static int u16(ByteBuffer bytes, int offset) {
        return bytes.getShort(offset) & 0xffff;
    }
}
