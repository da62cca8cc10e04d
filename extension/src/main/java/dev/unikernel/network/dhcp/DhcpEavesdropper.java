package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.DEBUG;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hears what one guest says to DHCP servers that somebody else runs on this machine: broadcasts reach every socket at
 * port 67. The servers' answers leave this machine and are not heard.
 */
public final class DhcpEavesdropper implements AutoCloseable {

    private static final int LONGEST_DATAGRAM = 65_507;
    private static final long JOIN_MILLIS = 1_000;

    private final MacAddress mac;
    private final DatagramChannel receiver;
    private final DhcpExchange exchange = new DhcpExchange();
    private final Thread thread = new Thread(this::run, "unikernel-dhcp-ear");
    private volatile @Nullable DhcpMessage request;
    private volatile long requestAt;

    private DhcpEavesdropper(MacAddress mac, DatagramChannel receiver) {
        this.mac = mac;
        this.receiver = receiver;
        thread.setDaemon(true);
    }

    /** Listens from now on; empty where port 67 is not to be had, as for a user without the right to it. */
    public static Optional<DhcpEavesdropper> open(MacAddress mac) {
        try {
            DatagramChannel receiver = DhcpSockets.receiver();
            receiver.configureBlocking(true);
            DhcpEavesdropper ear = new DhcpEavesdropper(mac, receiver);
            ear.thread.start();
            return Optional.of(ear);
        } catch (NetworkException | IOException refused) {
            log().log(DEBUG, "the guest's DHCP messages are not heard: {0}", refused.getMessage());
            return Optional.empty();
        }
    }

    /** What the guest said. */
    public DhcpExchange exchange() {
        return exchange;
    }

    /** The guest's last request for an address, which a server may have refused. */
    public Optional<DhcpMessage> request() {
        return Optional.ofNullable(request);
    }

    /** When {@link #request} was heard, on the clock of {@link System#nanoTime}. */
    public long requestAt() {
        return requestAt;
    }

    @Override
    public void close() {
        try {
            receiver.close();
            thread.join(JOIN_MILLIS);
        } catch (IOException failed) {
            log().log(DEBUG, "a DHCP socket did not close", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST_DATAGRAM);
        try {
            while (receiver.receive(buffer.clear()) != null) {
                hear(buffer.flip(), System.nanoTime());
            }
        } catch (ClosedChannelException ended) {
            // Nobody listens any more.
        } catch (IOException failed) {
            log().log(DEBUG, "the guest's DHCP messages are not heard any more", failed);
        }
    }

    private void hear(ByteBuffer bytes, long nanoTime) {
        try {
            DhcpMessage message = DhcpMessage.parse(bytes);
            if (message.chaddr().equals(mac) && message.op() == DhcpMessage.Op.REQUEST) {
                exchange.saw(message, nanoTime);
                if (message.requestedAddress().isPresent() && message.type() == DhcpSighting.Type.REQUEST) {
                    requestAt = nanoTime;
                    request = message;
                }
            }
        } catch (DhcpFormatException malformed) {
            log().log(DEBUG, "datagram ignored: {0}", malformed.getMessage());
        }
    }

    private static System.Logger log() {
        return System.getLogger(DhcpEavesdropper.class.getName());
    }
}
