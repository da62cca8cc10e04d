package dev.unikernel.network.dhcp;

import static dev.unikernel.network.dhcp.DhcpMessage.NO_ADDRESS;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;

/**
 * What the server says to a request, and to whom. The rules of RFC 2131 section 4.3 for a server that knows each of its
 * clients and is the only one on the link; nothing is remembered between messages. Of what the client said of itself, its
 * identifier comes back (RFC 6842), and what a relay added (RFC 3046).
 *
 * @param message the answer
 * @param destination where to it goes: on the link of the guest, always
 * @param port at which port
 * @param longest how many bytes of payload whoever is there takes at most
 */
record DhcpAnswer(DhcpMessage message, Inet4Address destination, int port, int longest) {

    static final Inet4Address LIMITED_BROADCAST = Ipv4.of(-1);

    /** Of IPv4 without options, and UDP; option 57 counts them. */
    private static final int HEADERS = 28;

    /** What one frame holds: an answer is never sent in fragments, which guests may not put together. */
    private static final int ETHERNET_MTU = 1_500;

    /** The answer to {@code request} from the guest of {@code binding}; empty where the RFC wants silence. */
    static Optional<DhcpAnswer> to(DhcpMessage request, Binding binding) {
        if (request.op() != DhcpMessage.Op.REQUEST
                || request.chaddr().value() != binding.mac().value()
                || !isOnTheLink(request.giaddr(), binding)) {
            return Optional.empty();
        }
        return switch (request.type()) {
            case DISCOVER -> Optional.of(assignment(DhcpSighting.Type.OFFER, request, binding));
            case REQUEST -> toRequest(request, binding);
            case INFORM -> Optional.of(information(request, binding));
            // A declined address will be offered again: the guest has no other. That it was declined, DhcpExchange
            // tells.
            case OFFER, DECLINE, ACK, NAK, RELEASE -> Optional.empty();
        };
    }

    /**
     * A relay tells by its address on whose subnet the client is (section 4.3.1); of other subnets than the guest's we have no
     * address to give.
     */
    private static boolean isOnTheLink(Inet4Address giaddr, Binding binding) {
        return giaddr.equals(NO_ADDRESS) || binding.isNeighbour(giaddr);
    }

    /** The four kinds of REQUEST (RFC 2131 section 4.3.2) differ in where the wanted address stands. */
    private static Optional<DhcpAnswer> toRequest(DhcpMessage request, Binding binding) {
        boolean meantForUs =
                request.serverIdentifier().map(binding.server()::equals).orElse(true);
        if (!meantForUs) {
            return Optional.empty();
        }
        Inet4Address wanted = request.requestedAddress().orElse(request.ciaddr());
        return Optional.of(
                wanted.equals(binding.address())
                        ? assignment(DhcpSighting.Type.ACK, request, binding)
                        : refusal(wanted, request, binding));
    }

    private static DhcpAnswer assignment(DhcpSighting.Type type, DhcpMessage request, Binding binding) {
        AnswerOptions options =
                new AnswerOptions(type, request, binding).withTimes().withLink();
        Inet4Address ciaddr = type == DhcpSighting.Type.ACK ? request.ciaddr() : NO_ADDRESS;
        Inet4Address reachable = ciaddr.equals(binding.address()) ? ciaddr : LIMITED_BROADCAST;
        return answer(request, ciaddr, binding.address(), reachable, options);
    }

    /** An answer to INFORM tells about the link only: the client has its address from elsewhere (section 4.3.5). */
    private static DhcpAnswer information(DhcpMessage request, Binding binding) {
        AnswerOptions options = new AnswerOptions(DhcpSighting.Type.ACK, request, binding).withLink();
        Inet4Address ciaddr = request.ciaddr();
        Inet4Address reachable = binding.isNeighbour(ciaddr) ? ciaddr : LIMITED_BROADCAST;
        return answer(request, ciaddr, NO_ADDRESS, reachable, options);
    }

    /** A refusal is always broadcast: the client may not be reachable at the address that it thinks it has. */
    private static DhcpAnswer refusal(Inet4Address wanted, DhcpMessage request, Binding binding) {
        AnswerOptions options = new AnswerOptions(DhcpSighting.Type.NAK, request, binding)
                .withMessage(
                        "your address is " + binding.address().getHostAddress() + ", not " + wanted.getHostAddress());
        return answer(request, NO_ADDRESS, NO_ADDRESS, LIMITED_BROADCAST, options);
    }

    /**
     * An answer to a relay, if the request came by one (section 4.1). Else to {@code reachable}: a client that has an address
     * on the link is spoken to there. All others get a broadcast, whatever they ask for: a unicast would need an ARP answer
     * that they cannot give yet, and every client takes a broadcast.
     */
    private static DhcpAnswer answer(
            DhcpMessage request,
            Inet4Address ciaddr,
            Inet4Address yiaddr,
            Inet4Address reachable,
            AnswerOptions options) {
        boolean relayed = !request.giaddr().equals(NO_ADDRESS);
        // The relay must not try to reach a client that is being refused (section 4.3.2).
        boolean broadcast = request.broadcast() || (relayed && options.type() == DhcpSighting.Type.NAK);
        int longest = Math.min(request.maximumSize(), ETHERNET_MTU) - HEADERS;
        // The whole of it if possible, else without what only some clients and relays need, never with a part of it.
        for (List<DhcpOption> candidate : options.candidates()) {
            DhcpMessage message = new DhcpMessage(
                    DhcpMessage.Op.REPLY,
                    request.xid(),
                    broadcast,
                    ciaddr,
                    yiaddr,
                    NO_ADDRESS,
                    request.giaddr(),
                    request.chaddr(),
                    candidate);
            if (message.fits(longest)) {
                return relayed
                        ? new DhcpAnswer(message, request.giaddr(), DhcpMessage.SERVER_PORT, longest)
                        : new DhcpAnswer(message, reachable, DhcpMessage.CLIENT_PORT, longest);
            }
        }
        throw new IllegalStateException("what the server itself says has room in every message");
    }

    /** The payload of the datagram. */
    byte[] toBytes() {
        return message.toBytes(longest);
    }
}
