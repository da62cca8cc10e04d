package dev.unikernel.network.dhcp;

import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.NetworkException;
import org.jspecify.annotations.Nullable;

/**
 * A DHCP server for guests whose hardware addresses are known beforehand; messages of all others are ignored. It listens
 * at port 67 from the first guest's registration to the end of the last one's. Safe for use by several threads.
 *
 * <p>Needs the right to bind port 67 ({@code CAP_NET_BIND_SERVICE}), nothing else. Two of these, and other servers that
 * set {@code SO_REUSEADDR}, can serve side by side: each hears all broadcasts and answers its own guests.
 */
public final class DhcpServer {

    private @Nullable DhcpListener listener;

    /** One guest that is served, until it is closed. */
    public interface Registration extends AutoCloseable {

        LeaseSource leases();

        /** Stops to serve the guest; with the last one, port 67 and the thread are given back. Idempotent. */
        @Override
        void close();
    }

    /**
     * Serves the guest of {@code binding}. When this returns, no message of the guest is missed.
     *
     * @throws NetworkException if port 67 cannot be had, if no interface has the binding's server address, or if a guest
     *     of the same hardware address is served already
     */
    public synchronized Registration serve(Binding binding) {
        DhcpListener serving = listener == null ? DhcpListener.open() : listener;
        listener = serving;
        try {
            ServedGuest guest = serving.add(binding);
            return new Registration() {
                @Override
                public LeaseSource leases() {
                    return guest.exchange();
                }

                @Override
                public void close() {
                    end(serving, guest);
                }
            };
        } finally {
            closeIfIdle(serving);
        }
    }

    private synchronized void end(DhcpListener serving, ServedGuest guest) {
        serving.remove(guest);
        closeIfIdle(serving);
    }

    private void closeIfIdle(DhcpListener serving) {
        if (serving.isIdle()) {
            serving.close();
            if (listener == serving) {
                listener = null;
            }
        }
    }
}
