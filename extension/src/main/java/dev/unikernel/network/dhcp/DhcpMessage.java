package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A DHCP message as RFC 2131 section 2 lays it out, under the names of that document. Always of an Ethernet client and
 * always with a message type; the fields {@code secs}, {@code hops}, {@code sname} and {@code file} mean nothing here
 * and are dropped.
 *
 * @param op who speaks
 * @param xid the number by which the client knows its exchange
 * @param broadcast whether the client asks for a broadcast answer
 * @param ciaddr the client's address, if it has one already
 * @param yiaddr the address that the server assigns
 * @param siaddr the server of the next boot step
 * @param giaddr the relay through which the message came
 * @param chaddr the client's hardware address
 * @param options what else is said, in order, each option once
 */
public record DhcpMessage(
        Op op,
        int xid,
        boolean broadcast,
        Inet4Address ciaddr,
        Inet4Address yiaddr,
        Inet4Address siaddr,
        Inet4Address giaddr,
        MacAddress chaddr,
        List<DhcpOption> options) {

    /** The UDP port of servers. */
    public static final int SERVER_PORT = 67;

    /** The UDP port of clients. */
    public static final int CLIENT_PORT = 68;

    static final Inet4Address NO_ADDRESS = Ipv4.of(0);

    private static final int ETHERNET = 1;
    private static final int ETHERNET_LENGTH = 6;
    private static final int CHADDR_LENGTH = 16;
    private static final int BROADCAST_FLAG = 0x8000;
    private static final int MAGIC_COOKIE = 0x63825363;

    /** How many bytes stand in front of the options. */
    private static final int FIXED_LENGTH = 240;

    /** Shorter ones are dropped by relays and clients that still think in BOOTP (RFC 1542 section 2.1). */
    private static final int MINIMUM_LENGTH = 300;

    /** What every client must take (RFC 2131 section 2). */
    private static final int LEAST_MAXIMUM_SIZE = 576;

    /** Who speaks: a client or a server. */
    public enum Op {
        REQUEST(1),
        REPLY(2);

        private final int code;

        Op(int code) {
            this.code = code;
        }
    }

    public DhcpMessage {
        options = List.copyOf(options);
        if (options.stream().noneMatch(DhcpOption.MessageType.class::isInstance)) {
            throw new IllegalArgumentException(
                    "a DHCP message has a message type (option 53), but options were: " + options);
        }
        BitSet codes = new BitSet();
        for (DhcpOption option : options) {
            int code = option.code();
            if (code <= DhcpOption.PAD || code >= DhcpOption.END || code == DhcpOption.OVERLOAD || codes.get(code)) {
                throw new IllegalArgumentException(
                        "options have different numbers from 1 to 254 and not 52, but were: " + options);
            }
            codes.set(code);
        }
    }

    /**
     * Reads the message that lies between {@code bytes}' position and limit: the payload of a UDP datagram.
     *
     * @throws DhcpFormatException if these bytes are not a DHCP message of an Ethernet client
     */
    public static DhcpMessage parse(ByteBuffer bytes) {
        WireReader reader = new WireReader(bytes);
        Op op = oneOf(reader, "op", 1, 2) == Op.REQUEST.code ? Op.REQUEST : Op.REPLY;
        oneOf(reader, "htype", ETHERNET, ETHERNET);
        oneOf(reader, "hlen", ETHERNET_LENGTH, ETHERNET_LENGTH);
        reader.u8("hops");
        int xid = reader.i32("xid");
        reader.u16("secs");
        int flags = reader.u16("flags");
        Inet4Address ciaddr = reader.address("ciaddr");
        Inet4Address yiaddr = reader.address("yiaddr");
        Inet4Address siaddr = reader.address("siaddr");
        Inet4Address giaddr = reader.address("giaddr");
        MacAddress chaddr = MacAddress.fromBytes(reader.bytes("chaddr", CHADDR_LENGTH));
        WireReader sname = reader.part("sname", OptionFields.SNAME_LENGTH);
        WireReader file = reader.part("file", OptionFields.FILE_LENGTH);
        int cookieOffset = reader.offset();
        int cookie = reader.i32("magic cookie");
        if (cookie != MAGIC_COOKIE) {
            throw new DhcpFormatException(String.format(
                    "DHCP magic cookie at offset %d must be %08x, but was: %08x", cookieOffset, MAGIC_COOKIE, cookie));
        }
        List<DhcpOption> options = OptionReader.read(reader, file, sname);
        if (options.stream().noneMatch(DhcpOption.MessageType.class::isInstance)) {
            throw new DhcpFormatException(
                    "DHCP message type (option 53) is missing: this is BOOTP (Linux: ip=bootp), not DHCP (ip=dhcp)");
        }
        return new DhcpMessage(op, xid, (flags & BROADCAST_FLAG) != 0, ciaddr, yiaddr, siaddr, giaddr, chaddr, options);
    }

    private static int oneOf(WireReader reader, String field, int lowest, int highest) {
        int offset = reader.offset();
        int value = reader.u8(field);
        if (value < lowest || value > highest) {
            throw new DhcpFormatException("DHCP field " + field + " at offset " + offset + " must be "
                    + (lowest == highest ? lowest : lowest + " to " + highest) + ", but was: " + value);
        }
        return value;
    }

    /** The message as the payload of a UDP datagram; an option of more than 255 bytes is split (RFC 3396). */
    public byte[] toBytes() {
        return toBytes(Integer.MAX_VALUE);
    }

    /** Whether {@link #toBytes(int)} can do with so many bytes. */
    boolean fits(int longest) {
        return OptionFields.lay(options, longest - FIXED_LENGTH).isPresent();
    }

    /**
     * The message as a payload of at most {@code longest} bytes, but not less than 300; where the options need it, they go on
     * in the fields {@code file} and {@code sname} (option 52).
     *
     * @throws IllegalArgumentException if it does not fit
     */
    byte[] toBytes(int longest) {
        OptionFields fields = OptionFields.lay(options, longest - FIXED_LENGTH)
                .orElseThrow(() ->
                        new IllegalArgumentException(summary() + " does not fit in " + longest + " bytes: " + options));
        WireWriter writer = new WireWriter()
                .u8("op", op.code)
                .u8("htype", ETHERNET)
                .u8("hlen", ETHERNET_LENGTH)
                .u8("hops", 0)
                .u32("xid", Integer.toUnsignedLong(xid))
                .u16("secs", 0)
                .u16("flags", broadcast ? BROADCAST_FLAG : 0)
                .address(ciaddr)
                .address(yiaddr)
                .address(siaddr)
                .address(giaddr)
                .bytes(chaddr.toBytes())
                .zeros(CHADDR_LENGTH - ETHERNET_LENGTH)
                .bytes(fields.sname())
                .bytes(fields.file())
                .u32("magic cookie", MAGIC_COOKIE)
                .bytes(fields.options());
        return writer.zeros(Math.max(0, MINIMUM_LENGTH - writer.size())).toBytes();
    }

    public DhcpSighting.Type type() {
        return option(DhcpOption.MESSAGE_TYPE, DhcpOption.MessageType.class)
                .orElseThrow()
                .type();
    }

    /** Which server speaks or is spoken to (option 54). */
    public Optional<Inet4Address> serverIdentifier() {
        return option(DhcpOption.SERVER_IDENTIFIER, DhcpOption.Address.class).map(DhcpOption.Address::address);
    }

    /** The address that the client would like to have (option 50). */
    public Optional<Inet4Address> requestedAddress() {
        return option(DhcpOption.REQUESTED_ADDRESS, DhcpOption.Address.class).map(DhcpOption.Address::address);
    }

    /** How long the assignment holds (option 51). */
    public Optional<Duration> leaseTime() {
        return option(DhcpOption.LEASE_TIME, DhcpOption.Time.class).map(DhcpOption.Time::time);
    }

    /** The option of this number as bytes, if it is none of those that are understood. */
    Optional<DhcpOption.Raw> raw(int code) {
        return option(code, DhcpOption.Raw.class);
    }

    /** How long a datagram the client takes, with its IP header (option 57); 576 bytes if it does not say (RFC 2131 section 2). */
    int maximumSize() {
        return raw(DhcpOption.MAXIMUM_SIZE)
                .map(DhcpOption.Raw::value)
                .filter(value -> value.length == 2)
                .map(value -> Math.max(LEAST_MAXIMUM_SIZE, (value[0] & 0xff) << 8 | (value[1] & 0xff)))
                .orElse(LEAST_MAXIMUM_SIZE);
    }

    private <T extends DhcpOption> Optional<T> option(int code, Class<T> form) {
        return options.stream()
                .filter(option -> option.code() == code)
                .filter(form::isInstance)
                .map(form::cast)
                .findFirst();
    }

    /** The message in one line, for people: {@code "OFFER 198.18.0.2 from 198.18.0.1"}. */
    public String summary() {
        String speaker = op == Op.REQUEST
                ? chaddr.toString()
                : serverIdentifier().map(Inet4Address::getHostAddress).orElse("a server without identifier");
        return type() + subject().map(address -> " " + address.getHostAddress()).orElse("") + " from " + speaker;
    }

    /** The address that the message is about. */
    private Optional<Inet4Address> subject() {
        if (op == Op.REPLY) {
            return Optional.of(yiaddr).filter(address -> !address.equals(NO_ADDRESS));
        }
        return requestedAddress().or(() -> Optional.of(ciaddr).filter(address -> !address.equals(NO_ADDRESS)));
    }
}
