package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.DhcpSighting;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A guest that the server knows: what it gets, the socket on its link, and what was said. */
final class ServedGuest {

    /**
     * How often an OFFER is repeated to a guest that has not reacted, after a pause that doubles. A tap lets packets out
     * only a moment after the VMM has opened it: the kernel does that in the background, on a busy machine not before the
     * guest's DISCOVER. What is sent until then is lost without an error, and a guest asks again after 1 to 3 s only.
     */
    private static final int REPETITIONS = 6;

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int MALFORMED_TOLD = 5;

    private final Binding binding;
    private final Outlet link;
    private final LinkLog log;
    private final DhcpExchange exchange = new DhcpExchange();

    private @Nullable DhcpAnswer unheardOffer;
    private int repetitions;
    private long repeatAt;
    private int malformed;

    ServedGuest(Binding binding, Outlet link, LinkLog log) {
        this.binding = binding;
        this.link = link;
        this.log = log;
    }

    Binding binding() {
        return binding;
    }

    LinkLog log() {
        return log;
    }

    DhcpExchange exchange() {
        return exchange;
    }

    /** Takes note of what the guest sent to us at {@code nanoTime}, and answers it. */
    void handle(ByteBuffer datagram, long nanoTime) {
        try {
            handle(DhcpMessage.parse(datagram), nanoTime);
        } catch (DhcpFormatException malformed) {
            handleMalformed(malformed);
        }
    }

    private void handle(DhcpMessage request, long nanoTime) {
        if (request.op() != DhcpMessage.Op.REQUEST) {
            // Servers do not speak to servers, and a guest must not assign itself an address.
            return;
        }
        exchange.saw(request, nanoTime);
        unheardOffer = null;
        Optional<DhcpAnswer> answer = DhcpAnswer.to(request, binding);
        if (answer.isPresent()) {
            // Only when it is sent: who reads the lease may connect at once, and what was not sent was not assigned.
            if (link.send(answer.get())) {
                exchange.saw(answer.get().message(), System.nanoTime());
            }
            if (answer.get().message().type() == DhcpSighting.Type.OFFER
                    && answer.get().port() == DhcpMessage.CLIENT_PORT) {
                unheardOffer = answer.get();
                repetitions = 0;
                repeatAt = nanoTime + FIRST_PAUSE;
            }
        }
    }

    /**
     * Repeats the last OFFER if it is time to.
     *
     * @return when to call this again, on the clock of {@link System#nanoTime}; empty if the guest has to speak first
     */
    OptionalLong repeatOffer(long nanoTime) {
        DhcpAnswer offer = unheardOffer;
        if (offer == null) {
            return OptionalLong.empty();
        }
        if (nanoTime - repeatAt >= 0) {
            // Not noted: it tells nothing new.
            link.send(offer);
            repetitions++;
            repeatAt = nanoTime + (FIRST_PAUSE << repetitions);
            if (repetitions == REPETITIONS) {
                unheardOffer = null;
            }
        }
        return OptionalLong.of(repeatAt);
    }

    /** Nothing is sent any more. */
    void close() {
        link.close();
    }

    /** Takes note of a datagram of the guest's that was not understood; a guest that sends many does not fill the log. */
    private void handleMalformed(DhcpFormatException problem) {
        exchange.sawMalformed(problem);
        if (malformed < MALFORMED_TOLD) {
            malformed++;
            System.getLogger(DhcpServer.class.getName())
                    .log(WARNING, "datagram of {0} ignored: {1}", binding.mac(), problem.getMessage());
        }
    }
}
