package dev.unikernel.network.namespace;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Wire;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** A guest in the helper's namespaces, as far as the helper has told of it. Safe for use by several threads. */
final class HelperGuest implements LeaseSource, Wire, AutoCloseable {

    /** As many as the server's own list keeps. */
    private static final int SIGHTINGS_KEPT = 64;

    private static final String GONE = "the guest's link has been taken away. Set faults while the VM is there";

    /** What it is told to do takes it milliseconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long NOT_SEEN = Long.MIN_VALUE;

    private final HelperProcess helper;
    private final int number;
    private final CompletableFuture<Report.Attached> attached = new CompletableFuture<>();
    private final List<DhcpSighting> sightings = new ArrayList<>();
    private final Map<Integer, Long> acceptedAt = new ConcurrentHashMap<>();
    /** The answer to the change of faults that the helper was told of last. */
    private volatile CompletableFuture<String> spoilt = new CompletableFuture<>();

    private volatile boolean closed;
    private volatile Optional<Lease> lease = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    private HelperGuest(HelperProcess helper) {
        this.helper = helper;
        this.number = helper.register(this::hear);
    }

    /**
     * Has a guest connected.
     *
     * @param order makes the order of the guest's number
     * @throws NetworkException if the helper cannot do it
     */
    static HelperGuest attach(HelperProcess helper, IntFunction<Order> order) {
        HelperGuest guest = new HelperGuest(helper);
        try {
            helper.tell(order.apply(guest.number));
            guest.attached.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return guest;
        } catch (TimeoutException silent) {
            guest.close();
            throw new NetworkException(helper.silence(PATIENCE), silent);
        } catch (ExecutionException refused) {
            guest.close();
            // Of the exception that was put in, which is one of ours.
            Throwable reason = refused.getCause();
            throw new NetworkException(
                    reason == null ? refused.toString() : String.valueOf(reason.getMessage()), refused);
        } catch (InterruptedException interrupted) {
            guest.close();
            Thread.currentThread().interrupt();
            throw new NetworkException("interrupted while the guest's tap was made", interrupted);
        }
    }

    private void hear(Report report) {
        if (report instanceof Report.Attached told) {
            attached.complete(told);
        } else if (report instanceof Report.Refused told) {
            attached.completeExceptionally(new NetworkException(told.message()));
            spoilt.complete(told.message());
        } else if (report instanceof Report.Spoilt told) {
            spoilt.complete(told.message());
        } else if (report instanceof Report.Saw told) {
            synchronized (sightings) {
                if (sightings.size() < SIGHTINGS_KEPT) {
                    sightings.add(told.sighting());
                }
            }
        } else if (report instanceof Report.Leased told) {
            trouble = Optional.empty();
            lease = Optional.of(new Lease(mac(), told.address(), told.server(), told.time()));
        } else if (report instanceof Report.Trouble told) {
            lease = Optional.empty();
            trouble = Optional.of(told.nextStep());
        } else if (report instanceof Report.Accepts told) {
            acceptedAt.put(told.port(), told.nanoTime());
        }
    }

    MacAddress mac() {
        return attached.join().mac();
    }

    String tap() {
        return attached.join().tap();
    }

    /** The address that the guest will be offered. */
    Inet4Address address() {
        return attached.join().address();
    }

    String description() {
        return attached.join().description();
    }

    @Override
    public Optional<Lease> lease() {
        return lease;
    }

    @Override
    public Optional<String> nextStep() {
        return trouble;
    }

    /** Has the helper keep the guest's DHCP messages in a file beside {@code serialLog}. */
    void capture(Path serialLog) {
        helper.tell(new Order.Capture(number, serialLog.toAbsolutePath()));
    }

    @Override
    public List<DhcpSighting> sightings() {
        synchronized (sightings) {
            return List.copyOf(sightings);
        }
    }

    /** When the guest was seen to accept a TCP connection; the first call for a port has the helper look. */
    OptionalLong acceptedAt(int port) {
        if (acceptedAt.putIfAbsent(port, NOT_SEEN) == null) {
            helper.tell(new Order.Watch(number, port));
        }
        long at = acceptedAt.get(port);
        return at == NOT_SEEN ? OptionalLong.empty() : OptionalLong.of(at);
    }

    @Override
    public synchronized void set(LinkFaults faults) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        spoilt = answer;
        if (closed) {
            throw new NetworkException(GONE);
        }
        helper.tell(new Order.Spoil(number, faults));
        String refusal = answer.completeOnTimeout(helper.silence(PATIENCE), PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        if (!refusal.isEmpty()) {
            throw new NetworkException(refusal);
        }
    }

    /** Has the helper take the guest's connection away; does not wait for it. */
    @Override
    public void close() {
        closed = true;
        helper.unregister(number);
        spoilt.complete(GONE);
        if (helper.isRunning()) {
            try {
                helper.tell(new Order.Release(number));
            } catch (NetworkException ended) {
                // And everything with it.
            }
        }
    }
}
