package dev.unikernel.network.dhcp;

import dev.unikernel.network.DhcpSighting;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Gathers what an answer says in its options: what it must, then what was asked for, at last what is to come back. */
final class AnswerOptions {

    /** Below, T1, T2 and the end of the lease would not be three different seconds. */
    private static final long SHORTEST_WITH_TIMES = 4;

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
        wanted().distinct()
                .mapToObj(this::aboutTheLink)
                .flatMap(Optional::stream)
                .forEach(options::add);
        return this;
    }

    private IntStream wanted() {
        return request.raw(DhcpOption.PARAMETER_LIST)
                .map(DhcpOption.Raw::value)
                .filter(list -> list.length > 0)
                .map(list -> IntStream.range(0, list.length).map(index -> list[index] & 0xff))
                .orElseGet(() -> IntStream.of(DhcpOption.BROADCAST_ADDRESS, DhcpOption.ROUTERS));
    }

    private Optional<DhcpOption> aboutTheLink(int code) {
        return switch (code) {
            case DhcpOption.BROADCAST_ADDRESS ->
                Optional.of(new DhcpOption.Address(code, binding.subnet().broadcast()));
            case DhcpOption.ROUTERS -> Optional.of(new DhcpOption.Addresses(code, List.of(binding.server())));
            default -> Optional.empty();
        };
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
        List<DhcpOption> identifier = request.raw(DhcpOption.CLIENT_IDENTIFIER)
                .<List<DhcpOption>>map(List::of)
                .orElse(List.of());
        List<DhcpOption> relay = request.raw(DhcpOption.RELAY_AGENT)
                .<List<DhcpOption>>map(List::of)
                .orElse(List.of());
        return List.of(
                with(identifier, relay),
                with(identifier, List.of()),
                with(List.of(), relay),
                with(List.of(), List.of()));
    }

    private List<DhcpOption> with(List<DhcpOption> identifier, List<DhcpOption> relay) {
        List<DhcpOption> all = new ArrayList<>(options);
        all.addAll(identifier);
        all.addAll(relay);
        return all;
    }
}
