package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The sockets of the server and the one thread that reads them all. */
final class DhcpListener {

    private static final int CHADDR_OFFSET = 28;
    private static final int LONGEST_DATAGRAM = 65_507;
    private static final long JOIN_MILLIS = 1_000;

    private final Map<Long, ServedGuest> guests = new ConcurrentHashMap<>();
    private final DatagramChannel receiver;
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "unikernel-dhcp");

    private DhcpListener(DatagramChannel receiver, Selector selector) {
        this.receiver = receiver;
        this.selector = selector;
        thread.setDaemon(true);
    }

    static DhcpListener open() {
        DatagramChannel receiver = DhcpSockets.receiver();
        try {
            Selector selector = Selector.open();
            receiver.register(selector, SelectionKey.OP_READ);
            DhcpListener listener = new DhcpListener(receiver, selector);
            listener.thread.start();
            return listener;
        } catch (IOException failed) {
            NetworkException failure = new NetworkException("DHCP server cannot wait for messages: " + failed, failed);
            try {
                receiver.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    ServedGuest add(Binding binding, LinkLog linkLog) {
        if (guests.containsKey(binding.mac().value())) {
            throw new NetworkException("two guests have the hardware address " + binding.mac()
                    + ": each needs its own, because nothing else in a DHCP message tells them apart");
        }
        DatagramChannel link = DhcpSockets.sender(binding.server());
        ServedGuest guest = new ServedGuest(binding, new LinkSocket(link, linkLog), linkLog);
        try {
            // Renewals come as unicast, and those are heard by this socket alone.
            link.register(selector, SelectionKey.OP_READ, guest);
        } catch (ClosedChannelException impossible) {
            throw new NetworkException(
                    "the socket at " + binding.server() + " was closed by somebody else", impossible);
        }
        selector.wakeup();
        guests.put(binding.mac().value(), guest);
        return guest;
    }

    void remove(ServedGuest guest) {
        if (guests.remove(guest.binding().mac().value(), guest)) {
            guest.close();
            // A channel that is registered lets its descriptor go only when the selector looks at it again.
            selector.wakeup();
        }
    }

    boolean isIdle() {
        return guests.isEmpty();
    }

    /** Gives back port 67 and ends the thread. */
    void close() {
        try {
            selector.close();
        } catch (IOException failed) {
            log().log(WARNING, "DHCP selector did not close", failed);
        }
        close(receiver);
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            log().log(WARNING, "DHCP socket did not close", failed);
        }
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST_DATAGRAM);
        Rehearsal.run();
        try {
            while (selector.isOpen()) {
                selector.select(key -> receive(key, buffer), repeatOffers());
            }
        } catch (ClosedSelectorException closed) {
            // The last guest is gone.
        } catch (IOException failed) {
            log().log(WARNING, "DHCP server stopped: no guest will get an answer any more", failed);
        }
    }

    /** Repeats what is due, and tells how many milliseconds later the next will be; 0 if none will. */
    private long repeatOffers() {
        long now = System.nanoTime();
        long patience = Long.MAX_VALUE;
        for (ServedGuest guest : guests.values()) {
            OptionalLong next = guest.repeatOffer(now);
            if (next.isPresent()) {
                patience = Math.min(patience, next.getAsLong() - now);
            }
        }
        return patience == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(patience));
    }

    private void receive(SelectionKey key, ByteBuffer buffer) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        try {
            for (SocketAddress from = channel.receive(buffer.clear());
                    from != null;
                    from = channel.receive(buffer.clear())) {
                long nanoTime = System.nanoTime();
                handle(buffer.flip(), (InetSocketAddress) from, (ServedGuest) key.attachment(), nanoTime);
            }
        } catch (ClosedChannelException ended) {
            // The guest is gone.
        } catch (IOException failed) {
            log().log(WARNING, "DHCP message could not be received", failed);
        }
    }

    /** @param addressed the guest at whose link's address the datagram came; none for a broadcast */
    private void handle(ByteBuffer bytes, InetSocketAddress from, @Nullable ServedGuest addressed, long nanoTime) {
        ServedGuest guest =
                bytes.limit() >= CHADDR_OFFSET + 6 ? guests.get(chaddr(bytes).value()) : null;
        if (guest == null || (addressed != null && addressed != guest)) {
            // Broadcasts of other networks of the host arrive here, too.
            return;
        }
        try {
            guest.log().received(bytes, from, addressed == null);
            guest.handle(bytes, nanoTime);
        } catch (RuntimeException bug) {
            // All guests of the JVM depend on this thread: one message must not end it.
            log().log(WARNING, "DHCP message was not handled", bug);
        }
    }

    /** Fetched only when there is something to say: the first logger of a JVM costs more than a whole exchange. */
    private static System.Logger log() {
        return System.getLogger(DhcpServer.class.getName());
    }

    private static MacAddress chaddr(ByteBuffer bytes) {
        byte[] address = new byte[6];
        bytes.get(CHADDR_OFFSET, address);
        return MacAddress.fromBytes(address);
    }
}
