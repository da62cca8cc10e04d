package dev.unikernel.network.dhcp;

import static dev.unikernel.network.dhcp.DhcpOption.BROADCAST_ADDRESS;
import static dev.unikernel.network.dhcp.DhcpOption.END;
import static dev.unikernel.network.dhcp.DhcpOption.LEASE_TIME;
import static dev.unikernel.network.dhcp.DhcpOption.MESSAGE_TYPE;
import static dev.unikernel.network.dhcp.DhcpOption.OVERLOAD;
import static dev.unikernel.network.dhcp.DhcpOption.PAD;
import static dev.unikernel.network.dhcp.DhcpOption.REBINDING_TIME;
import static dev.unikernel.network.dhcp.DhcpOption.RENEWAL_TIME;
import static dev.unikernel.network.dhcp.DhcpOption.REQUESTED_ADDRESS;
import static dev.unikernel.network.dhcp.DhcpOption.ROUTERS;
import static dev.unikernel.network.dhcp.DhcpOption.SERVER_IDENTIFIER;
import static dev.unikernel.network.dhcp.DhcpOption.SUBNET_MASK;

import dev.unikernel.network.DhcpSighting;
import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers the options of one message out of its up to three fields (RFC 2131 section 4.1, RFC 3396). */
final class OptionReader {

    private final Map<Integer, Value> values = new LinkedHashMap<>();

    /**
     * The options in the order of their first appearance.
     *
     * @param options the field behind the magic cookie
     * @param file the field that holds options if bit 0 of option 52 is set
     * @param sname the field that holds options if bit 1 of option 52 is set
     */
    static List<DhcpOption> read(WireReader options, WireReader file, WireReader sname) {
        OptionReader reader = new OptionReader();
        reader.gather(options);
        Value found = reader.values.remove(OVERLOAD);
        if (found != null) {
            WireReader overload = found.reader();
            expectLength(OVERLOAD, overload, "1 byte", overload.remaining() == 1);
            int fields = overload.u8("option 52");
            if ((fields & 1) != 0) {
                reader.gather(file);
            }
            if ((fields & 2) != 0) {
                reader.gather(sname);
            }
            reader.values.remove(OVERLOAD);
        }
        return reader.values.entrySet().stream()
                .map(entry -> understand(entry.getKey(), entry.getValue().reader()))
                .toList();
    }

    /** A field that ends without option 255 is taken as it is: some clients leave it out. */
    private void gather(WireReader field) {
        while (field.remaining() > 0) {
            int code = field.u8("option code");
            if (code == END) {
                return;
            }
            if (code != PAD) {
                int length = field.u8("length of option " + code);
                int offset = field.offset();
                byte[] bytes = field.bytes("option " + code, length);
                // RFC 3396: an option that appears again continues its earlier appearance.
                values.computeIfAbsent(code, absent -> new Value(offset)).bytes.writeBytes(bytes);
            }
        }
    }

    /** What stands under one code. */
    private static final class Value {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int offset;

        /** @param offset where the first of it stands in the message */
        private Value(int offset) {
            this.offset = offset;
        }

        private WireReader reader() {
            return new WireReader(bytes.toByteArray(), offset);
        }
    }

    private static DhcpOption understand(int code, WireReader value) {
        String field = "option " + code;
        int length = value.remaining();
        return switch (code) {
            case MESSAGE_TYPE -> {
                expectLength(code, value, "1 byte", length == 1);
                yield new DhcpOption.MessageType(messageType(value));
            }
            case SUBNET_MASK, BROADCAST_ADDRESS, REQUESTED_ADDRESS, SERVER_IDENTIFIER -> {
                expectLength(code, value, "4 bytes", length == 4);
                yield new DhcpOption.Address(code, value.address(field));
            }
            case ROUTERS -> {
                expectLength(code, value, "4 bytes or a multiple", length > 0 && length % 4 == 0);
                List<Inet4Address> addresses = new ArrayList<>();
                while (value.remaining() > 0) {
                    addresses.add(value.address(field));
                }
                yield new DhcpOption.Addresses(code, addresses);
            }
            case LEASE_TIME, RENEWAL_TIME, REBINDING_TIME -> {
                expectLength(code, value, "4 bytes", length == 4);
                yield new DhcpOption.Time(code, Duration.ofSeconds(value.u32(field)));
            }
            default -> new DhcpOption.Raw(code, value.bytes(field, length));
        };
    }

    private static DhcpSighting.Type messageType(WireReader value) {
        int offset = value.offset();
        int number = value.u8("option 53");
        return DhcpSighting.Type.of(number)
                .orElseThrow(() -> new DhcpFormatException(
                        "DHCP message type (option 53) at offset " + offset + " must be 1 to 8, but was: " + number));
    }

    private static void expectLength(int code, WireReader value, String expected, boolean fulfilled) {
        if (!fulfilled) {
            throw new DhcpFormatException("DHCP option " + code + " at offset " + value.offset() + " must have "
                    + expected + ", but has " + value.remaining());
        }
    }
}
