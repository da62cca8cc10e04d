package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A guest that the server knows: what it gets, the socket on its link, and what was said. */
final class ServedGuest {

    private final Binding binding;
    private final DatagramChannel link;
    private final DhcpExchange exchange = new DhcpExchange();

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
        Optional<DhcpAnswer> answer = DhcpAnswer.to(request, binding);
        if (answer.isPresent()) {
            send(answer.get());
        }
    }

    private void send(DhcpAnswer answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer.message().toBytes());
        int length = bytes.remaining();
        try {
            int sent = link.send(bytes, new InetSocketAddress(answer.destination(), DhcpMessage.CLIENT_PORT));
            if (sent == length) {
                // Only now: who reads the lease may connect at once, and what was not sent was not assigned.
                exchange.saw(answer.message(), System.nanoTime());
            } else {
                log(answer, "was not sent: the socket's buffer is full", null);
            }
        } catch (ClosedChannelException ended) {
            // The guest is being taken down while it still asks.
        } catch (IOException failed) {
            log(answer, "could not be sent", failed);
        }
    }

    private void log(DhcpAnswer answer, String problem, @Nullable IOException cause) {
        System.getLogger(DhcpServer.class.getName())
                .log(WARNING, answer.message().summary() + " for " + binding.mac() + " " + problem, cause);
    }
}
