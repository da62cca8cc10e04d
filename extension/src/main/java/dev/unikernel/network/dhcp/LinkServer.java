package dev.unikernel.network.dhcp;

import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.NetworkException;
import java.nio.file.Path;

/** Whoever gives the guest of a link its address. */
public interface LinkServer {

    /**
     * Serves the guest of {@code binding} behind the interface {@code tap}. When this returns, none of the guest's messages
     * is missed for good.
     *
     * @param folder the VM's private folder, for files
     * @throws NetworkException if that is not possible; nothing is left behind
     */
    Served serve(Binding binding, String tap, Path folder);

    /**
     * As {@link #serve(Binding, String, Path)}; a server that sees the guest's messages puts them into {@code capture}, which
     * stays the caller's.
     */
    default Served serve(Binding binding, String tap, Path folder, DhcpCapture capture) {
        return serve(binding, tap, folder);
    }

    /** One guest that is served, until it is closed. */
    interface Served extends AutoCloseable {

        LeaseSource leases();

        /** Stops to serve the guest. Idempotent. */
        @Override
        void close();
    }
}
