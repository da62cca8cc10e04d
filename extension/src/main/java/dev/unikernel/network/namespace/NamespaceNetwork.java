package dev.unikernel.network.namespace;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.Guards;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import dev.unikernel.network.relay.Forwarding;
import dev.unikernel.network.tap.Segments;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Each guest behind a tap of its own as with {@link dev.unikernel.network.tap.TapNetwork}, but in the namespaces of a helper,
 * and with an address 127.77.x.y of this machine from which its ports are relayed. The VMMs run in those namespaces, too,
 * and end with the helper, which ends with this JVM.
 *
 * <p>Needs {@code unshare} and {@code nsenter} of util-linux, user namespaces unless this is root, {@code ip} and
 * {@code /dev/net/tun}. The machine's own network is not touched.
 */
public final class NamespaceNetwork implements GuestNetwork {

    /**
     * Runs a command as a child, which is in the process namespace as its parent is not, and ends as it does. By itself
     * nsenter would do that, too, but stop when the child is stopped, and see nothing of its end then. A shell has something
     * to say on a child that was killed, which does not belong into the VMM's log.
     */
    private static final String ATTEND = "exec 3>&2 2>/dev/null; \"$@\" 2>&3 3>&-; exit $?";

    private final List<String> unshare;
    private final Path nsenter;
    private final Guards guards;
    private final Segments segments = new Segments(new Numbers());
    private CompletableFuture<HelperProcess> helper;

    /**
     * Begins to start the helper, and does not wait for it.
     *
     * @param unshare the command that makes the namespaces and runs a command in them
     * @param nsenter the program that enters them
     */
    public NamespaceNetwork(List<String> unshare, Path nsenter, Guards guards) {
        this.unshare = List.copyOf(unshare);
        this.nsenter = nsenter;
        this.guards = guards;
        this.helper = start();
    }

    private CompletableFuture<HelperProcess> start() {
        CompletableFuture<HelperProcess> started = new CompletableFuture<>();
        Thread starting = new Thread(
                () -> {
                    try {
                        started.complete(HelperProcess.start(unshare, guards));
                    } catch (RuntimeException | Error failure) {
                        started.completeExceptionally(failure);
                    }
                },
                "unikernel-helper-start");
        starting.setDaemon(true);
        starting.start();
        return started;
    }

    @Override
    public NetworkMode mode() {
        return NetworkMode.NAMESPACE;
    }

    @Override
    public Attachment attach(List<Integer> ports, Path folder) {
        return attach(ports, Order.Attach::new, false);
    }

    /** {@inheritDoc} By the same helper. */
    @Override
    public GuestNetwork capturing() {
        return new GuestNetwork() {
            @Override
            public NetworkMode mode() {
                return NetworkMode.NAMESPACE;
            }

            @Override
            public Attachment attach(List<Integer> ports, Path folder) {
                return NamespaceNetwork.this.attach(ports, Order.Attach::new, true);
            }

            @Override
            public Optional<String> whyNoSegments() {
                return Optional.empty();
            }

            @Override
            public SegmentPlace join(SegmentKey segment, String member) {
                return NamespaceNetwork.this.join(segment, member, true);
            }
        };
    }

    @Override
    public Optional<String> whyNoSegments() {
        return Optional.empty();
    }

    @Override
    public SegmentPlace join(SegmentKey segment, String member) {
        return join(segment, member, false);
    }

    private SegmentPlace join(SegmentKey segment, String member, boolean capturing) {
        Segments.Place place = segments.join(segment, member);
        return new SegmentPlace() {
            @Override
            public Inet4Address addressOf(String other) {
                return place.addressOf(other);
            }

            @Override
            public Attachment attach(List<Integer> ports, Path folder) {
                return NamespaceNetwork.this.attach(
                        ports, guest -> new Order.Join(guest, place.segment(), place.address()), capturing);
            }

            @Override
            public void close() {
                place.close();
            }
        };
    }

    private Attachment attach(List<Integer> ports, IntFunction<Order> order, boolean capturing) {
        HelperProcess running = helper();
        try {
            return attach(running, ports, order, capturing);
        } catch (NetworkException refused) {
            if (running.isRunning()) {
                throw refused;
            }
            // It was killed just now.
            return attach(helper(), ports, order, capturing);
        }
    }

    private Attachment attach(HelperProcess running, List<Integer> ports, IntFunction<Order> order, boolean capturing) {
        ForwardAddress forward = ForwardAddress.claim(ports);
        try {
            HelperGuest guest = HelperGuest.attach(running, order);
            try {
                Forwarding forwarding = running.relay().forward(forward.address(), guest.address(), ports);
                return new NamespaceAttachment(guest, forward, forwarding, enter(running), capturing);
            } catch (NetworkException refused) {
                guest.close();
                throw refused;
            }
        } catch (NetworkException refused) {
            forward.close();
            throw refused;
        }
    }

    /** The helper that runs, or a new one if it was killed. */
    private synchronized HelperProcess helper() {
        if (helper.isDone()
                && (helper.isCompletedExceptionally() || !helper.join().isRunning())) {
            helper = start();
        }
        try {
            return helper.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof NetworkException reason) {
                throw reason;
            }
            throw new NetworkException(
                    "the helper of the network mode 'namespace' cannot be started: " + failed.getCause(), failed);
        }
    }

    private List<String> enter(HelperProcess running) {
        List<String> command = new ArrayList<>(List.of(
                nsenter.toString(),
                "--target",
                Long.toString(running.pid()),
                "--net",
                "--mount",
                "--pid",
                "--no-fork"));
        if (unshare.contains("--user")) {
            command.addAll(List.of("--user", "--preserve-credentials"));
        }
        command.addAll(List.of("--wd=" + System.getProperty("user.dir"), "--", "sh", "-c", ATTEND, "unikernel-enter"));
        return command;
    }

    /** Nobody else has segments in the helper's namespaces, so that they can be made when the first guest comes. */
    private final class Numbers implements Segments.Numbers {
        private final AtomicInteger next = new AtomicInteger();

        @Override
        public int take() {
            int number = next.getAndIncrement();
            if (number >= Segments.most()) {
                throw new NetworkException("this JVM has used all " + Segments.most()
                        + " networks that VMs can share. Divide the tests among several JVMs");
            }
            return number;
        }

        @Override
        public void left(int number) {
            synchronized (NamespaceNetwork.this) {
                if (helper.isDone()
                        && !helper.isCompletedExceptionally()
                        && helper.join().isRunning()) {
                    tell(helper.join(), new Order.Remove(number));
                }
            }
        }

        private static void tell(HelperProcess running, Order order) {
            try {
                running.tell(order);
            } catch (NetworkException ended) {
                // And everything with it.
            }
        }
    }
}
