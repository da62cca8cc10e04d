package dev.unikernel.network.dhcp;

import static dev.unikernel.network.dhcp.DhcpMessage.NO_ADDRESS;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the server says to a request, and to whom. The rules of RFC 2131 section 4.3 for a server that knows each of its
 * clients and is the only one on the link; nothing is remembered between messages.
 *
 * @param message the answer
 * @param destination where to it goes, at port 68
 */
record DhcpAnswer(DhcpMessage message, Inet4Address destination) {

    static final Inet4Address LIMITED_BROADCAST = Ipv4.of(-1);

    /** The answer to {@code request} from the guest of {@code binding}; empty where the RFC wants silence. */
    static Optional<DhcpAnswer> to(DhcpMessage request, Binding binding) {
        // Our guests are never behind a relay: such a message came from elsewhere.
        if (request.op() != DhcpMessage.Op.REQUEST
                || request.chaddr().value() != binding.mac().value()
                || !request.giaddr().equals(NO_ADDRESS)) {
            return Optional.empty();
        }
        return switch (request.type()) {
            case DISCOVER -> Optional.of(assignment(DhcpSighting.Type.OFFER, request, binding));
            case REQUEST -> toRequest(request, binding);
            case INFORM -> Optional.of(information(request, binding));
            case OFFER, DECLINE, ACK, NAK, RELEASE -> Optional.empty();
        };
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
                        : refusal(request, binding));
    }

    private static DhcpAnswer assignment(DhcpSighting.Type type, DhcpMessage request, Binding binding) {
        List<DhcpOption> options = new ArrayList<>();
        options.add(new DhcpOption.Time(DhcpOption.LEASE_TIME, binding.leaseTime()));
        options.addAll(linkOptions(binding));
        Inet4Address ciaddr = type == DhcpSighting.Type.ACK ? request.ciaddr() : NO_ADDRESS;
        return new DhcpAnswer(
                message(type, request, binding, ciaddr, binding.address(), options), reachable(ciaddr, binding));
    }

    /** An answer to INFORM tells about the link only: the client has its address from elsewhere (section 4.3.5). */
    private static DhcpAnswer information(DhcpMessage request, Binding binding) {
        return new DhcpAnswer(
                message(DhcpSighting.Type.ACK, request, binding, request.ciaddr(), NO_ADDRESS, linkOptions(binding)),
                reachable(request.ciaddr(), binding));
    }

    /** A refusal is always broadcast: the client may not be reachable at the address that it thinks it has. */
    private static DhcpAnswer refusal(DhcpMessage request, Binding binding) {
        return new DhcpAnswer(
                message(DhcpSighting.Type.NAK, request, binding, NO_ADDRESS, NO_ADDRESS, List.of()), LIMITED_BROADCAST);
    }

    private static DhcpMessage message(
            DhcpSighting.Type type,
            DhcpMessage request,
            Binding binding,
            Inet4Address ciaddr,
            Inet4Address yiaddr,
            List<DhcpOption> further) {
        List<DhcpOption> options = new ArrayList<>();
        options.add(new DhcpOption.MessageType(type));
        options.add(new DhcpOption.Address(DhcpOption.SERVER_IDENTIFIER, binding.server()));
        options.addAll(further);
        return new DhcpMessage(
                DhcpMessage.Op.REPLY,
                request.xid(),
                request.broadcast(),
                ciaddr,
                yiaddr,
                NO_ADDRESS,
                request.giaddr(),
                request.chaddr(),
                options);
    }

    private static List<DhcpOption> linkOptions(Binding binding) {
        return List.of(
                new DhcpOption.Address(DhcpOption.SUBNET_MASK, binding.subnet().mask()),
                new DhcpOption.Address(
                        DhcpOption.BROADCAST_ADDRESS, binding.subnet().broadcast()),
                new DhcpOption.Addresses(DhcpOption.ROUTERS, List.of(binding.server())));
    }

    /**
     * A client that has an address on the link is spoken to there. All others get a broadcast: a unicast would need an
     * ARP answer that they cannot give yet, and every client takes a broadcast (section 4.1).
     */
    private static Inet4Address reachable(Inet4Address ciaddr, Binding binding) {
        return binding.subnet().contains(ciaddr) ? ciaddr : LIMITED_BROADCAST;
    }
}
