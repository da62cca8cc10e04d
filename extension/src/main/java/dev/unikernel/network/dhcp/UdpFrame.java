package dev.unikernel.network.dhcp;

import dev.unikernel.network.MacAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Puts a datagram back into a frame: Ethernet, IPv4 (RFC 791), UDP (RFC 768). */
final class UdpFrame {

    private static final int ETHERNET_LENGTH = 14;
    private static final int IP_LENGTH = 20;
    private static final int UDP_LENGTH = 8;
    private static final int IP = ETHERNET_LENGTH;
    private static final int UDP = IP + IP_LENGTH;

    private static final short IPV4 = 0x0800;
    private static final byte UDP_PROTOCOL = 17;
    private static final byte TIME_TO_LIVE = 64;

    private UdpFrame() {}

    /** The frame of a datagram with what remains in {@code payload}, which stays as it is; both addresses are IPv4. */
    static ByteBuffer of(
            MacAddress source,
            MacAddress destination,
            InetSocketAddress from,
            InetSocketAddress to,
            ByteBuffer payload) {
        int udpLength = UDP_LENGTH + payload.remaining();
        ByteBuffer frame = ByteBuffer.allocate(UDP + udpLength)
                .put(destination.toBytes())
                .put(source.toBytes())
                .putShort(IPV4)
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (IP_LENGTH + udpLength))
                .putInt(0)
                .put(TIME_TO_LIVE)
                .put(UDP_PROTOCOL)
                .putShort((short) 0)
                .put(from.getAddress().getAddress())
                .put(to.getAddress().getAddress())
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .putShort((short) udpLength)
                .putShort((short) 0)
                .put(payload.duplicate())
                .flip();
        frame.putShort(IP + 10, (short) ~sum(frame, IP, UDP, 0));
        int checksum = ~sum(frame, IP + 12, frame.limit(), UDP_PROTOCOL + udpLength) & 0xffff;
        // 0 would say that there is none.
        return frame.putShort(UDP + 6, (short) (checksum == 0 ? 0xffff : checksum));
    }

    /** The Internet checksum's sum (RFC 1071) of the bytes from {@code from} up to {@code end}, and {@code more}. */
    private static int sum(ByteBuffer bytes, int from, int end, int more) {
        long sum = more;
        for (int at = from; at < end; at += 2) {
            int low = at + 1 < end ? bytes.get(at + 1) & 0xff : 0;
            sum += (bytes.get(at) & 0xff) << 8 | low;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }
}
