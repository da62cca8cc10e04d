package dev.unikernel.network.dhcp;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;

/** Bytes to be sent; a value that its field cannot hold is refused, never cut. */
final class WireWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(576);

    WireWriter u8(String field, int value) {
        return number(field, value, 1);
    }

    WireWriter u16(String field, int value) {
        return number(field, value, 2);
    }

    WireWriter u32(String field, long value) {
        return number(field, value, 4);
    }

    WireWriter address(Inet4Address address) {
        return bytes(address.getAddress());
    }

    WireWriter bytes(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    WireWriter zeros(int count) {
        return bytes(new byte[count]);
    }

    /** Code, length and value; a value that one length cannot tell goes on under the same code (RFC 3396). */
    WireWriter option(int code, byte[] value) {
        return option(code, value, 0, value.length);
    }

    /** As {@link #option(int, byte[])}, of the bytes from {@code from} up to {@code end} only. */
    WireWriter option(int code, byte[] value, int from, int end) {
        int start = from;
        do {
            int length = Math.min(255, end - start);
            u8("option code", code).u8("length of option " + code, length);
            bytes.write(value, start, length);
            start += length;
        } while (start < end);
        return this;
    }

    int size() {
        return bytes.size();
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private WireWriter number(String field, long value, int width) {
        if (value < 0 || value >>> (8 * width) != 0) {
            throw new IllegalArgumentException(field + " has " + width + " bytes, but was: " + value);
        }
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
            bytes.write((int) (value >>> shift));
        }
        return this;
    }
}
