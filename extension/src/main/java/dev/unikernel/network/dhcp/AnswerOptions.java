package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers what an answer says in its options: what it must, then what was asked for, at last what is to come back. */
final class AnswerOptions {

    /** Below, T1, T2 and the end of the lease would not be three different seconds. */
    private static final long SHORTEST_WITH_TIMES = 4;

    /** What a client is told of the link that has no wishes. */
    private static final byte[] ALL = {DhcpOption.BROADCAST_ADDRESS, DhcpOption.ROUTERS, DhcpOption.NAME_SERVERS};

    private final DhcpSighting.Type type;
    private final DhcpMessage request;
    private final Binding binding;
    private final List<DhcpOption> options = new ArrayList<>();

    AnswerOptions(DhcpSighting.Type type, DhcpMessage request, Binding binding) {
        this.type = type;
        this.request = request;
        this.binding = binding;
        options.add(new DhcpOption.MessageType(type));
        options.add(new DhcpOption.Address(DhcpOption.SERVER_IDENTIFIER, binding.server()));
    }

    DhcpSighting.Type type() {
        return type;
    }

    /** How long the lease lasts, and when to renew and to rebind it. */
    AnswerOptions withTimes() {
        options.add(new DhcpOption.Time(DhcpOption.LEASE_TIME, binding.leaseTime()));
        if (binding.leaseTime().toSeconds() >= SHORTEST_WITH_TIMES) {
            options.add(new DhcpOption.Time(DhcpOption.RENEWAL_TIME, binding.renewalTime()));
            options.add(new DhcpOption.Time(DhcpOption.REBINDING_TIME, binding.rebindingTime()));
        }
        return this;
    }

    /**
     * What the link is like: to a client with a list of what it wants to know (option 55) that, in its order; to others all.
     * The mask is always told, in front of the routers (RFC 2132 section 3.3): without it an address is of little use.
     */
    AnswerOptions withLink() {
        options.add(
                new DhcpOption.Address(DhcpOption.SUBNET_MASK, binding.subnet().mask()));
        Optional<DhcpOption.Raw> list =
                request.raw(DhcpOption.PARAMETER_LIST).filter(wanted -> wanted.value().length > 0);
        // Loops, not streams: these take a JVM some 10 ms when they are first used.
        for (byte code : list.isPresent() ? list.get().value() : ALL) {
            addAboutTheLink(code & 0xff);
        }
        return this;
    }

    private void addAboutTheLink(int code) {
        boolean told = false;
        for (DhcpOption option : options) {
            told = told || option.code() == code;
        }
        if (told) {
            return;
        }
        if (code == DhcpOption.BROADCAST_ADDRESS) {
            options.add(new DhcpOption.Address(code, binding.subnet().broadcast()));
        } else if (code == DhcpOption.ROUTERS) {
            options.add(new DhcpOption.Addresses(code, List.of(binding.server())));
        } else if (code == DhcpOption.NAME_SERVERS && binding.nameServer().isPresent()) {
            options.add(
                    new DhcpOption.Addresses(code, List.of(binding.nameServer().get())));
        }
    }

    /** Why, for people who read what the client makes of it. */
    AnswerOptions withMessage(String text) {
        options.add(new DhcpOption.Raw(DhcpOption.MESSAGE, text.getBytes(StandardCharsets.US_ASCII)));
        return this;
    }

    /**
     * All options, and for a message that does not hold them the choices with fewer of those that the request brought. The
     * relay's stands last, where relays look for it (RFC 3046 section 2.2).
     */
    List<List<DhcpOption>> candidates() {
        Optional<DhcpOption.Raw> identifier = request.raw(DhcpOption.CLIENT_IDENTIFIER);
        Optional<DhcpOption.Raw> relay = request.raw(DhcpOption.RELAY_AGENT);
        return List.of(
                with(identifier, relay),
                with(identifier, Optional.empty()),
                with(Optional.empty(), relay),
                with(Optional.empty(), Optional.empty()));
    }

    private List<DhcpOption> with(Optional<DhcpOption.Raw> identifier, Optional<DhcpOption.Raw> relay) {
        List<DhcpOption> all = new ArrayList<>(options);
        identifier.ifPresent(all::add);
        relay.ifPresent(all::add);
        return all;
    }
}
