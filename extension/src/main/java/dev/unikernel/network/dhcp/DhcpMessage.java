package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
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
    private static final int SNAME_LENGTH = 64;
    private static final int FILE_LENGTH = 128;
    private static final int BROADCAST_FLAG = 0x8000;
    private static final int MAGIC_COOKIE = 0x63825363;

    /** Shorter ones are dropped by relays and clients that still think in BOOTP (RFC 1542 section 2.1). */
    private static final int MINIMUM_LENGTH = 300;

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
        WireReader sname = reader.part("sname", SNAME_LENGTH);
        WireReader file = reader.part("file", FILE_LENGTH);
        int cookieOffset = reader.offset();
        int cookie = reader.i32("magic cookie");
        if (cookie != MAGIC_COOKIE) {
            throw new DhcpFormatException(String.format(
                    "DHCP magic cookie at offset %d must be %08x, but was: %08x", cookieOffset, MAGIC_COOKIE, cookie));
        }
        List<DhcpOption> options = OptionReader.read(reader, file, sname);
        if (options.stream().noneMatch(DhcpOption.MessageType.class::isInstance)) {
            throw new DhcpFormatException("DHCP message type (option 53) is missing: this is BOOTP, not DHCP");
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
                .zeros(SNAME_LENGTH + FILE_LENGTH)
                .u32("magic cookie", MAGIC_COOKIE);
        options.forEach(option -> writer.option(option.code(), option.value()));
        writer.u8("end", DhcpOption.END);
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
