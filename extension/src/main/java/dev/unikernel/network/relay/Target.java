package dev.unikernel.network.relay;

import dev.unikernel.network.Ipv4;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where in the guests' network a connection leads.
 *
 * @param port 1 to 65535
 */
record Target(Protocol protocol, Inet4Address address, int port) {

    /** The protocols that are relayed, each with its number in the IPv4 header, which stands for it here, too. */
    enum Protocol {
        TCP(6),
        UDP(17);

        private final byte number;

        Protocol(int number) {
            this.number = (byte) number;
        }

        private static Protocol of(byte number) {
            return Arrays.stream(values())
                    .filter(protocol -> protocol.number == number)
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("a relayed protocol is 6 or 17, but was: " + number));
        }
    }

    static final int SIZE = 7;

    ByteBuffer toBytes() {
        return ByteBuffer.allocate(SIZE)
                .put(protocol.number)
                .putInt(Ipv4.bits(address))
                .putShort((short) port)
                .flip();
    }

    /** @throws IllegalArgumentException if the protocol is none that is known */
    static Target read(ByteBuffer bytes) {
        return new Target(Protocol.of(bytes.get()), Ipv4.of(bytes.getInt()), bytes.getShort() & 0xffff);
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }
}
