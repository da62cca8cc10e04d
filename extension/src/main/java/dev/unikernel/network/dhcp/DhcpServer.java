package dev.unikernel.network.dhcp;

import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.NetworkException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A DHCP server for guests whose hardware addresses are known beforehand; messages of all others are ignored. It listens
 * at port 67 from the first guest's registration to the end of the last one's. Safe for use by several threads.
 *
 * <p>Needs the right to bind port 67 ({@code CAP_NET_BIND_SERVICE}), nothing else. Two of these, and other servers that
 * set {@code SO_REUSEADDR}, can serve side by side: each hears all broadcasts and answers its own guests.
 */
public final class DhcpServer implements LinkServer {

    private @Nullable DhcpListener listener;

    /** {@inheritDoc} The binding's server address tells the link, and no files are needed. */
    @Override
    public Served serve(Binding binding, String tap, Path folder) {
        return serve(binding);
    }

    @Override
    public Served serve(Binding binding, String tap, Path folder, DhcpCapture capture) {
        return serve(binding, new CapturedLink(binding, capture));
    }

    /**
     * Serves the guest of {@code binding}. When this returns, no message of the guest is missed. With the last guest that is
     * closed, port 67 and the thread are given back.
     *
     * @throws NetworkException if port 67 cannot be had, if no interface has the binding's server address, or if a guest
     *     of the same hardware address is served already
     */
    public Served serve(Binding binding) {
        return serve(binding, LinkLog.NONE);
    }

    synchronized Served serve(Binding binding, LinkLog log) {
        DhcpListener serving = listener == null ? DhcpListener.open() : listener;
        listener = serving;
        try {
            ServedGuest guest = serving.add(binding, log);
            return new Served() {
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
