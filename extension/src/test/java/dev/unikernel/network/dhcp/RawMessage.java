package dev.unikernel.network.dhcp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A DHCP message as a second reader understands it, who shares nothing with the codec but the RFCs. */
final class RawMessage {

    private static final int OPTIONS = 240;

    private final ByteBuffer bytes;
    private final Map<Integer, byte[]> options;

    private RawMessage(ByteBuffer bytes, Map<Integer, byte[]> options) {
        this.bytes = bytes;
        this.options = options;
    }

    /** Empty if it is no DHCP message of an Ethernet client (RFC 2131 section 2, RFC 2132, RFC 3396). */
    static Optional<RawMessage> of(byte[] datagram) {
        ByteBuffer bytes = ByteBuffer.wrap(datagram);
        if (datagram.length < OPTIONS
                || (bytes.get(0) != 1 && bytes.get(0) != 2)
                || bytes.get(1) != 1
                || bytes.get(2) != 6
                || bytes.getInt(236) != 0x63825363) {
            return Optional.empty();
        }
        Map<Integer, ByteArrayOutputStream> gathered = new LinkedHashMap<>();
        if (!gather(datagram, OPTIONS, datagram.length, gathered)) {
            return Optional.empty();
        }
        ByteArrayOutputStream overload = gathered.remove(52);
        if (overload != null) {
            if (overload.size() != 1) {
                return Optional.empty();
            }
            int where = overload.toByteArray()[0];
            if ((where & 1) != 0 && !gather(datagram, 108, 236, gathered)) {
                return Optional.empty();
            }
            if ((where & 2) != 0 && !gather(datagram, 44, 108, gathered)) {
                return Optional.empty();
            }
            gathered.remove(52);
        }
        Map<Integer, byte[]> options = new LinkedHashMap<>();
        gathered.forEach((code, value) -> options.put(code, value.toByteArray()));
        boolean sound = options.entrySet().stream().allMatch(option -> isSound(option.getKey(), option.getValue()));
        return sound && options.containsKey(53) ? Optional.of(new RawMessage(bytes, options)) : Optional.empty();
    }

    private static boolean gather(byte[] datagram, int from, int end, Map<Integer, ByteArrayOutputStream> into) {
        int at = from;
        while (at < end) {
            int code = datagram[at++] & 0xff;
            if (code == 255) {
                return true;
            }
            if (code == 0) {
                continue;
            }
            if (at == end || at + 1 + (datagram[at] & 0xff) > end) {
                return false;
            }
            int length = datagram[at++] & 0xff;
            into.computeIfAbsent(code, absent -> new ByteArrayOutputStream()).write(datagram, at, length);
            at += length;
        }
        return true;
    }

    private static boolean isSound(int code, byte[] value) {
        return switch (code) {
            case 53 -> value.length == 1 && value[0] >= 1 && value[0] <= 8;
            case 1, 28, 50, 51, 54, 58, 59 -> value.length == 4;
            case 3 -> value.length > 0 && value.length % 4 == 0;
            default -> true;
        };
    }

    int op() {
        return bytes.get(0);
    }

    int hops() {
        return bytes.get(3);
    }

    int xid() {
        return bytes.getInt(4);
    }

    int secs() {
        return bytes.getShort(8);
    }

    boolean broadcast() {
        return bytes.getShort(10) < 0;
    }

    int ciaddr() {
        return bytes.getInt(12);
    }

    int yiaddr() {
        return bytes.getInt(16);
    }

    int siaddr() {
        return bytes.getInt(20);
    }

    int giaddr() {
        return bytes.getInt(24);
    }

    /** The hardware address with its padding. */
    byte[] chaddr() {
        return Arrays.copyOfRange(bytes.array(), 28, 44);
    }

    long mac() {
        return bytes.getLong(28) >>> 16;
    }

    int type() {
        return options.get(53)[0];
    }

    /** Of an option that is not there, null. */
    byte[] option(int code) {
        return options.get(code);
    }

    boolean has(int code) {
        return options.containsKey(code);
    }

    Optional<Integer> address(int code) {
        return Optional.ofNullable(options.get(code))
                .map(value -> ByteBuffer.wrap(value).getInt());
    }

    Iterable<Integer> codes() {
        return options.keySet();
    }

    int optionCount() {
        return options.size();
    }
}
