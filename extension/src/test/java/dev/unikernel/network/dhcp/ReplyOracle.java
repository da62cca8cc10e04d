package dev.unikernel.network.dhcp;

import dev.unikernel.network.Ipv4;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an answer may be, and when there must be one: RFC 2131 sections 4.1 and 4.3 with table 3, RFC 3046 and RFC 6842, read
 * from the bytes of both datagrams.
 */
final class ReplyOracle {

    private static final int BROADCAST = -1;
    private static final int DISCOVER = 1;
    private static final int OFFER = 2;
    private static final int REQUEST = 3;
    private static final int ACK = 5;
    private static final int NAK = 6;
    private static final int INFORM = 8;

    /** So much of a message's room the rest of an answer may need, which is then not free for what has to come back. */
    private static final int OWN_SHARE = 120;

    private final Binding binding;
    private final int server;
    private final int guest;

    ReplyOracle(Binding binding) {
        this.binding = binding;
        this.server = Ipv4.bits(binding.server());
        this.guest = Ipv4.bits(binding.address());
    }

    /** Throws if {@code answer} is not what {@code datagram} must get. */
    void judge(byte[] datagram, Optional<DhcpAnswer> answer) {
        Optional<RawMessage> request = RawMessage.of(datagram).filter(this::deservesAnAnswer);
        require(request.isPresent() == answer.isPresent(), "an answer", request.isPresent(), answer);
        if (answer.isPresent()) {
            byte[] bytes = answer.get().toBytes();
            RawMessage reply = RawMessage.of(bytes).orElseThrow();
            header(request.get(), reply);
            type(request.get(), reply);
            options(request.get(), reply);
            comeBack(request.get(), reply, bytes.length);
            destination(request.get(), reply, answer.get());
            DhcpMessage again = DhcpMessage.parse(ByteBuffer.wrap(bytes));
            require(
                    again.equals(answer.get().message()),
                    "read again",
                    answer.get().message(),
                    again);
        }
    }

    private boolean deservesAnAnswer(RawMessage request) {
        return request.op() == 1
                && request.mac() == binding.mac().value()
                && (request.giaddr() == 0 || isNeighbour(request.giaddr()))
                && List.of(DISCOVER, REQUEST, INFORM).contains(request.type())
                && (request.type() != REQUEST || request.address(54).orElse(server) == server);
    }

    private boolean isNeighbour(int address) {
        int mask = Ipv4.bits(binding.subnet().mask());
        return (address & mask) == (server & mask)
                && (address & ~mask) != 0
                && (address | mask) != BROADCAST
                && address != server;
    }

    private static void header(RawMessage request, RawMessage reply) {
        require(reply.op() == 2, "op", 2, reply.op());
        require(reply.hops() == 0 && reply.secs() == 0, "hops and secs", 0, reply.hops());
        require(reply.xid() == request.xid(), "xid", request.xid(), reply.xid());
        require(reply.giaddr() == request.giaddr(), "giaddr", request.giaddr(), reply.giaddr());
        require(reply.siaddr() == 0, "siaddr", 0, reply.siaddr());
        byte[] padded = Arrays.copyOf(Arrays.copyOf(request.chaddr(), 6), 16);
        require(Arrays.equals(reply.chaddr(), padded), "chaddr", request.mac(), reply.mac());
        boolean refusedBehindRelay = reply.type() == NAK && request.giaddr() != 0;
        require(
                reply.broadcast() == (request.broadcast() || refusedBehindRelay),
                "broadcast flag",
                request.broadcast(),
                reply.broadcast());
    }

    private void type(RawMessage request, RawMessage reply) {
        int wanted = request.address(50).orElse(request.ciaddr());
        int type = request.type() == DISCOVER ? OFFER : request.type() == INFORM || wanted == guest ? ACK : NAK;
        require(reply.type() == type, "type", type, reply.type());
        boolean assigns = type == OFFER || (type == ACK && request.type() == REQUEST);
        require(reply.yiaddr() == (assigns ? guest : 0), "yiaddr", guest, reply.yiaddr());
        require(reply.ciaddr() == (type == ACK ? request.ciaddr() : 0), "ciaddr", request.ciaddr(), reply.ciaddr());
        require(reply.has(51) == assigns, "lease time", assigns, reply.has(51));
        require(reply.has(58) == (assigns && seconds() >= 4), "T1", assigns, reply.has(58));
        require(reply.has(59) == reply.has(58), "T2", reply.has(58), reply.has(59));
        if (reply.has(58)) {
            long renewal = unsigned(reply, 58);
            long rebinding = unsigned(reply, 59);
            require(renewal < rebinding && rebinding < unsigned(reply, 51), "T1 < T2 < lease", renewal, rebinding);
        }
        if (assigns) {
            require(unsigned(reply, 51) == seconds(), "lease time", seconds(), unsigned(reply, 51));
        }
    }

    private long seconds() {
        return binding.leaseTime().toSeconds();
    }

    private static long unsigned(RawMessage message, int code) {
        return Integer.toUnsignedLong(message.address(code).orElseThrow());
    }

    private void options(RawMessage request, RawMessage reply) {
        require(reply.address(54).orElse(0) == server, "server identifier", server, reply.address(54));
        if (reply.type() == NAK) {
            for (int code : reply.codes()) {
                require(List.of(53, 54, 56, 61, 82).contains(code), "option of a NAK", "53, 54, 56, 61, 82", code);
            }
            return;
        }
        require(
                reply.address(1).orElse(0) == Ipv4.bits(binding.subnet().mask()),
                "mask",
                binding.subnet(),
                reply.address(1));
        byte[] list = request.option(55);
        for (int code : new int[] {3, 28}) {
            boolean wanted = list == null || list.length == 0 || indexOf(code, list) >= 0;
            require(reply.has(code) == wanted, "option " + code, wanted, reply.has(code));
        }
        if (list != null && reply.has(3) && reply.has(28) && list.length > 0) {
            int routers = position(3, reply);
            int broadcast = position(28, reply);
            require(
                    (indexOf(3, list) < indexOf(28, list)) == (routers < broadcast),
                    "order of the client's list",
                    indexOf(3, list),
                    routers);
        }
    }

    private static int indexOf(int code, byte[] list) {
        for (int index = 0; index < list.length; index++) {
            if ((list[index] & 0xff) == code) {
                return index;
            }
        }
        return -1;
    }

    private static int position(int wanted, RawMessage reply) {
        int position = 0;
        for (int code : reply.codes()) {
            if (code == wanted) {
                return position;
            }
            position++;
        }
        return -1;
    }

    /** What must come back, unless the client does not take so much. */
    private static void comeBack(RawMessage request, RawMessage reply, int length) {
        byte[] size = request.option(57);
        int limit = size != null && size.length == 2
                ? Math.max(576, ByteBuffer.wrap(size).getShort() & 0xffff)
                : 576;
        int longest = Math.min(limit, 1500) - 28;
        require(length >= 300 && length <= longest, "length", longest, length);
        int needed = wireSize(request, 61) + wireSize(request, 82);
        for (int code : new int[] {61, 82}) {
            if (reply.has(code)) {
                require(
                        Arrays.equals(reply.option(code), request.option(code)),
                        "option " + code,
                        hex(request, code),
                        hex(reply, code));
            } else {
                require(
                        !request.has(code) || needed > longest - 240 - OWN_SHARE,
                        "option " + code,
                        hex(request, code),
                        "nothing");
            }
        }
        require(position(53, reply) == 0, "place of the type", 0, position(53, reply));
        require(
                !reply.has(82) || position(82, reply) == reply.optionCount() - 1,
                "place of the relay's option",
                "last",
                position(82, reply));
    }

    private static int wireSize(RawMessage message, int code) {
        byte[] value = message.option(code);
        return value == null ? 0 : value.length + 2 * (value.length / 255 + 1);
    }

    private static String hex(RawMessage message, int code) {
        return Arrays.toString(message.option(code));
    }

    private void destination(RawMessage request, RawMessage reply, DhcpAnswer answer) {
        int destination = Ipv4.bits(answer.destination());
        if (request.giaddr() != 0) {
            require(destination == request.giaddr() && answer.port() == 67, "the relay", request.giaddr(), answer);
            return;
        }
        require(answer.port() == 68, "port", 68, answer.port());
        boolean reachable = request.type() == REQUEST ? request.ciaddr() == guest : isNeighbour(request.ciaddr());
        boolean unicast = reply.type() == ACK && reachable;
        require(destination == (unicast ? request.ciaddr() : BROADCAST), "destination", unicast, answer.destination());
    }

    /** Not AssertJ's: ten million times ten of these. */
    private static void require(boolean fulfilled, String what, Object expected, Object found) {
        if (!fulfilled) {
            throw new AssertionError(what + ": expected " + expected + ", but was " + found);
        }
    }
}
