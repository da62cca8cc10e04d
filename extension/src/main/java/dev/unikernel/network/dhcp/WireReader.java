package dev.unikernel.network.dhcp;

import dev.unikernel.network.Ipv4;
import java.net.Inet4Address;
import java.nio.ByteBuffer;

/** A cursor over received bytes: every read is checked, and a failed one says where and why. */
final class WireReader {

    private final ByteBuffer bytes;
    private final int origin;

    /** Reads {@code bytes} from its position to its limit; offsets count from that position. */
    WireReader(ByteBuffer bytes) {
        this(bytes.slice(), 0);
    }

    /** Reads {@code bytes}, the first of which stands at {@code origin} in the whole message. */
    WireReader(byte[] bytes, int origin) {
        this(ByteBuffer.wrap(bytes), origin);
    }

    /** {@code bytes} starts at position 0. */
    private WireReader(ByteBuffer bytes, int origin) {
        this.bytes = bytes;
        this.origin = origin;
    }

    /** The place of the next byte within the whole message. */
    int offset() {
        return origin + bytes.position();
    }

    int remaining() {
        return bytes.remaining();
    }

    int u8(String field) {
        require(field, 1);
        return bytes.get() & 0xff;
    }

    int u16(String field) {
        require(field, 2);
        return bytes.getShort() & 0xffff;
    }

    int i32(String field) {
        require(field, 4);
        return bytes.getInt();
    }

    long u32(String field) {
        return Integer.toUnsignedLong(i32(field));
    }

    Inet4Address address(String field) {
        return Ipv4.of(i32(field));
    }

    byte[] bytes(String field, int count) {
        require(field, count);
        byte[] read = new byte[count];
        bytes.get(read);
        return read;
    }

    /** A reader of the next {@code count} bytes alone; this one goes on behind them. */
    WireReader part(String field, int count) {
        require(field, count);
        WireReader part = new WireReader(bytes.slice(bytes.position(), count), offset());
        bytes.position(bytes.position() + count);
        return part;
    }

    private void require(String field, int count) {
        if (bytes.remaining() < count) {
            throw new DhcpFormatException("DHCP message is too short: " + field + " at offset " + offset() + " needs "
                    + count + " bytes, but " + bytes.remaining() + " remain");
        }
    }
}
