package dev.unikernel.network;

import java.util.HexFormat;

/**
 * An Ethernet address of six bytes.
 *
 * @param value the address in the low 48 bits
 */
public record MacAddress(long value) {

    public MacAddress {
        if (value < 0 || value >>> 48 != 0) {
            throw new IllegalArgumentException("a MAC address has 48 bits, but was: 0x" + Long.toHexString(value));
        }
    }

    /** Reads {@code 02:00:00:00:00:01}: six groups of two hexadecimal digits with colons, in either case. */
    public static MacAddress parse(String text) {
        if (!text.matches("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")) {
            throw new IllegalArgumentException(
                    "a MAC address has six groups of two hexadecimal digits (02:00:00:00:00:01), but was: '" + text
                            + "'");
        }
        return new MacAddress(HexFormat.fromHexDigitsToLong(text.replace(":", "")));
    }

    /** Takes the first six of {@code bytes}, as in DHCP's {@code chaddr}. */
    public static MacAddress fromBytes(byte[] bytes) {
        return new MacAddress(HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(bytes, 0, 6)));
    }

    public byte[] toBytes() {
        return HexFormat.of().parseHex(HexFormat.of().toHexDigits(value, 12));
    }

    /** Lower case with colons, as Linux and Cloud Hypervisor print it. */
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(toBytes());
    }
}
