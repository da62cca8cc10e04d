package dev.unikernel.network.namespace;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.tap.TapAttachment;
import dev.unikernel.network.tap.TapNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * A connection that is made before a guest wants one, since to make it takes the first time as long as the tests' JVM needs
 * to get so far. The next one is made when one is taken. Safe for use by several threads.
 */
final class SpareAttachment {

    private final ExecutorService threads;
    private Future<TapAttachment> next;

    SpareAttachment(ExecutorService threads) {
        this.threads = threads;
        next = threads.submit(new Making());
    }

    /** The network that it is of, and any other guest's. */
    static TapNetwork network() {
        return OfAll.NETWORK;
    }

    /** @throws NetworkException if none can be made; the next call tries again */
    TapAttachment take() {
        Future<TapAttachment> taken;
        synchronized (this) {
            taken = next;
            next = threads.submit(new Making());
        }
        try {
            return taken.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof NetworkException refused
                    ? refused
                    : new NetworkException("a tap could not be made: " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NetworkException("interrupted while a tap was made", interrupted);
        }
    }

    private static final class Making implements Callable<TapAttachment> {

        @Override
        public TapAttachment call() {
            // Neither the ports nor a folder matter behind a tap with our own DHCP server.
            return OfAll.NETWORK.attach(List.of(), Path.of("/"));
        }
    }

    /** Made by whoever needs it first, which is not the thread that opens the helper's socket meanwhile. */
    private static final class OfAll {

        /** Holds a few messages of each guest, because their file is named only after the VMM has started. */
        private static final TapNetwork NETWORK = new TapNetwork(TapGuard.NONE).capturing();
    }
}
