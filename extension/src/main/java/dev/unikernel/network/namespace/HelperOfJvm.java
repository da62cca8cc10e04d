package dev.unikernel.network.namespace;

import dev.unikernel.network.Guards;
import dev.unikernel.network.NetworkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The helper of this JVM: the one that runs, or a new one if that was killed. Safe for use by several threads. */
final class HelperOfJvm {

    /**
     * Runs a command as a child, which is in the process namespace as its parent is not, and ends as it does. By itself
     * nsenter would do that, too, but stop when the child is stopped, and see nothing of its end then. A shell has something
     * to say on a child that was killed, which does not belong into the VMM's log.
     */
    private static final String ATTEND = "exec 3>&2 2>/dev/null; \"$@\" 2>&3 3>&-; exit $?";

    private final List<String> unshare;
    private final Path nsenter;
    private final Guards guards;
    private CompletableFuture<HelperProcess> helper =
            CompletableFuture.failedFuture(new IllegalStateException("the helper has not been started"));

    /**
     * @param unshare the command that makes the namespaces and runs a command in them
     * @param nsenter the program that enters them
     */
    HelperOfJvm(List<String> unshare, Path nsenter, Guards guards) {
        this.unshare = List.copyOf(unshare);
        this.nsenter = nsenter;
        this.guards = guards;
    }

    /** Begins to start it, if none runs, and does not wait for it. */
    synchronized void prepare() {
        if (helper.isDone() && !isRunning()) {
            helper = start();
        }
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

    /** @throws NetworkException if it cannot be started */
    synchronized HelperProcess get() {
        prepare();
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

    /** Tells the helper, unless it has ended, and everything with it. */
    synchronized void tellIfRunning(Order order) {
        if (isRunning()) {
            try {
                helper.join().tell(order);
            } catch (NetworkException ended) {
                // And everything with it.
            }
        }
    }

    private boolean isRunning() {
        return helper.isDone()
                && !helper.isCompletedExceptionally()
                && helper.join().isRunning();
    }

    /** What runs a command in the namespaces of {@code running}: see {@link dev.unikernel.network.Nic#enter}. */
    List<String> enter(HelperProcess running) {
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
