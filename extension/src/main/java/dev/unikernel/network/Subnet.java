package dev.unikernel.network;

import java.net.Inet4Address;

/**
 * A range of IPv4 addresses.
 *
 * @param base the lowest address, with no bit set below the prefix
 * @param prefix how many leading bits are common, 0 to 32
 */
public record Subnet(Inet4Address base, int prefix) {

    public Subnet {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("a prefix has 0 to 32 bits, but was: " + prefix);
        }
        if ((Ipv4.bits(base) & ~bits(prefix)) != 0) {
            throw new IllegalArgumentException(
                    base.getHostAddress() + " has bits set below its prefix of " + prefix + " bits");
        }
    }

    /** The subnet of {@code prefix} bits in which {@code address} lies. */
    public static Subnet around(Inet4Address address, int prefix) {
        return new Subnet(Ipv4.of(Ipv4.bits(address) & bits(prefix)), prefix);
    }

    /** Reads {@code 198.18.0.0/30}. */
    public static Subnet parse(String text) {
        int slash = text.indexOf('/');
        String prefix = text.substring(slash + 1);
        if (slash < 0
                || prefix.isEmpty()
                || prefix.length() > 2
                || !prefix.chars().allMatch(Character::isDigit)) {
            throw new IllegalArgumentException(
                    "a subnet is an address and a prefix (198.18.0.0/30), but was: '" + text + "'");
        }
        return new Subnet(Ipv4.parse(text.substring(0, slash)), Integer.parseInt(prefix));
    }

    public Inet4Address mask() {
        return Ipv4.of(bits(prefix));
    }

    /** The highest address, which reaches all hosts of the subnet. */
    public Inet4Address broadcast() {
        return Ipv4.of(Ipv4.bits(base) | ~bits(prefix));
    }

    /** The address {@code offset} above the base. */
    public Inet4Address host(int offset) {
        Inet4Address host = Ipv4.of(Ipv4.bits(base) + offset);
        if (offset < 0 || !contains(host)) {
            throw new IllegalArgumentException(this + " has no address at offset " + offset);
        }
        return host;
    }

    public boolean contains(Inet4Address address) {
        return (Ipv4.bits(address) & bits(prefix)) == Ipv4.bits(base);
    }

    public boolean overlaps(Subnet other) {
        return prefix <= other.prefix ? contains(other.base) : other.contains(base);
    }

    /** As {@code ip} prints it: {@code 198.18.0.0/30}. */
    @Override
    public String toString() {
        return base.getHostAddress() + "/" + prefix;
    }

    private static int bits(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }
}
