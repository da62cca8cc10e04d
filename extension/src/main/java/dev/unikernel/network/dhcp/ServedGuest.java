package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.DhcpSighting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
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

    private final Binding binding;
    private final DatagramChannel link;
    private final DhcpExchange exchange = new DhcpExchange();

    private @Nullable DhcpAnswer unheardOffer;
    private int repetitions;
    private long repeatAt;

    ServedGuest(Binding binding, DatagramChannel link) {
        this.binding = binding;
        this.link = link;
    }

    Binding binding() {
        return binding;
    }

    DatagramChannel link() {
        return link;
    }

    DhcpExchange exchange() {
        return exchange;
    }

    /** Takes note of the guest's {@code request} and answers it. */
    void handle(DhcpMessage request, long nanoTime) {
        exchange.saw(request, nanoTime);
        unheardOffer = null;
        Optional<DhcpAnswer> answer = DhcpAnswer.to(request, binding);
        if (answer.isPresent()) {
            // Only when it is sent: who reads the lease may connect at once, and what was not sent was not assigned.
            if (send(answer.get())) {
                exchange.saw(answer.get().message(), System.nanoTime());
            }
            if (answer.get().message().type() == DhcpSighting.Type.OFFER) {
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
            send(offer);
            repetitions++;
            repeatAt = nanoTime + (FIRST_PAUSE << repetitions);
            if (repetitions == REPETITIONS) {
                unheardOffer = null;
            }
        }
        return OptionalLong.of(repeatAt);
    }

    /** Whether the message went out whole. */
    private boolean send(DhcpAnswer answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer.message().toBytes());
        int length = bytes.remaining();
        try {
            int sent = link.send(bytes, new InetSocketAddress(answer.destination(), DhcpMessage.CLIENT_PORT));
            if (sent == length) {
                return true;
            }
            log(answer, "was not sent: the socket's buffer is full", null);
        } catch (ClosedChannelException ended) {
            // The guest is being taken down while it still asks.
        } catch (IOException failed) {
            log(answer, "could not be sent", failed);
        }
        return false;
    }

    private void log(DhcpAnswer answer, String problem, @Nullable IOException cause) {
        System.getLogger(DhcpServer.class.getName())
                .log(WARNING, answer.message().summary() + " for " + binding.mac() + " " + problem, cause);
    }
}
