package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** One option of a DHCP message (RFC 2132): those that decide an exchange are understood, all others kept as bytes. */
public sealed interface DhcpOption {

    int PAD = 0;
    int SUBNET_MASK = 1;
    int ROUTERS = 3;
    int NAME_SERVERS = 6;
    int BROADCAST_ADDRESS = 28;
    int REQUESTED_ADDRESS = 50;
    int LEASE_TIME = 51;
    int OVERLOAD = 52;
    int MESSAGE_TYPE = 53;
    int SERVER_IDENTIFIER = 54;
    int PARAMETER_LIST = 55;
    int MESSAGE = 56;
    int MAXIMUM_SIZE = 57;
    int RENEWAL_TIME = 58;
    int REBINDING_TIME = 59;
    int CLIENT_IDENTIFIER = 61;
    int RELAY_AGENT = 82;
    int END = 255;

    /** The option's number, 1 to 254. */
    int code();

    /** What stands behind code and length on the wire. */
    byte[] value();

    /** What kind of message this is (option 53, RFC 2132 section 9.6). */
    record MessageType(DhcpSighting.Type type) implements DhcpOption {

        @Override
        public int code() {
            return MESSAGE_TYPE;
        }

        @Override
        public byte[] value() {
            return new byte[] {(byte) type.code()};
        }
    }

    /** An option that holds one address. */
    record Address(int code, Inet4Address address) implements DhcpOption {

        @Override
        public byte[] value() {
            return address.getAddress();
        }
    }

    /** An option that holds one address or more, the preferred one first. */
    record Addresses(int code, List<Inet4Address> addresses) implements DhcpOption {

        public Addresses {
            addresses = List.copyOf(addresses);
        }

        @Override
        public byte[] value() {
            WireWriter writer = new WireWriter();
            addresses.forEach(writer::address);
            return writer.toBytes();
        }
    }

    /** An option that holds a time in seconds; 0xffffffff means for ever (RFC 2131 section 3.3). */
    record Time(int code, Duration time) implements DhcpOption {

        @Override
        public byte[] value() {
            return new WireWriter().u32("option " + code, time.toSeconds()).toBytes();
        }
    }

    /** An option as it was received. */
    final class Raw implements DhcpOption {

        private final int code;
        private final byte[] value;

        public Raw(int code, byte[] value) {
            this.code = code;
            this.value = value.clone();
        }

        @Override
        public int code() {
            return code;
        }

        @Override
        public byte[] value() {
            return value.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Raw raw && code == raw.code && Arrays.equals(value, raw.value);
        }

        @Override
        public int hashCode() {
            return 31 * code + Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return "Raw[code=" + code + ", value=" + HexFormat.of().formatHex(value) + "]";
        }
    }
}
