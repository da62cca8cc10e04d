package dev.unikernel.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IPv4 addresses as the numbers that they are on the wire. */
public final class Ipv4 {

    private Ipv4() {}

    /** The address whose four bytes are those of {@code bits}, most significant first. */
    public static Inet4Address of(int bits) {
        byte[] bytes = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
        try {
            return (Inet4Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are always an address", impossible);
        }
    }

    /** Reads {@code 198.18.0.1}: four decimal numbers; nothing is ever looked up. */
    public static Inet4Address parse(String text) {
        String[] parts = text.split("\\.", -1);
        int bits = 0;
        for (String part : parts) {
            bits = (bits << 8) | number(part, text);
        }
        if (parts.length != 4) {
            throw new IllegalArgumentException(
                    "an IPv4 address has four decimal numbers (198.18.0.1), but was: '" + text + "'");
        }
        return of(bits);
    }

    private static int number(String part, String text) {
        if (!part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
            throw new IllegalArgumentException(
                    "each number of an IPv4 address is 0 to 255 in decimal, but was: '" + text + "'");
        }
        return Integer.parseInt(part);
    }

    /** The four bytes of {@code address} as one number. */
    public static int bits(Inet4Address address) {
        byte[] b = address.getAddress();
        return ((b[0] & 0xff) << 24) | ((b[1] & 0xff) << 16) | ((b[2] & 0xff) << 8) | (b[3] & 0xff);
    }
}
