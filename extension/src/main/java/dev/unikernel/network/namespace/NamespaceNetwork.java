package dev.unikernel.network.namespace;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.Guards;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.relay.Forwarding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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
        return attach(ports, false);
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
                return NamespaceNetwork.this.attach(ports, true);
            }
        };
    }

    private Attachment attach(List<Integer> ports, boolean capturing) {
        HelperProcess running = helper();
        try {
            return attach(running, ports, capturing);
        } catch (NetworkException refused) {
            if (running.isRunning()) {
                throw refused;
            }
            // It was killed just now.
            return attach(helper(), ports, capturing);
        }
    }

    private Attachment attach(HelperProcess running, List<Integer> ports, boolean capturing) {
        ForwardAddress forward = ForwardAddress.claim(ports);
        try {
            HelperGuest guest = HelperGuest.attach(running);
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
}
