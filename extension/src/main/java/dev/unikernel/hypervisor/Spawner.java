package dev.unikernel.hypervisor;

import dev.unikernel.host.ProgramPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The thread that starts the VMMs of this JVM and never ends.
 *
 * <p>A parent-death signal (prctl(2), PR_SET_PDEATHSIG) fires when the <em>thread</em> that started the process ends, so
 * a test's own thread must not be it.
 */
final class Spawner {

    private Spawner() {}

    /** Starts a process on the immortal thread. An interrupt does not cut this short: the process would be nobody's. */
    static Process start(ProcessBuilder builder) throws IOException {
        FutureTask<Process> task = new FutureTask<>(builder::start);
        Immortal.TASKS.add(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("the process could not be started", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Finds out {@link #deathSignal} meanwhile: the first launch of a JVM would wait some 6 ms for it. */
    static void prepare() {
        Immortal.TASKS.add(new FutureTask<>(Spawner::deathSignal));
    }

    /**
     * What to put in front of a command so that the kernel kills the process when this JVM dies; empty where the system's
     * setpriv does not know how (util-linux before 2.33, BusyBox).
     */
    static List<String> deathSignal() {
        return DeathSignal.PREFIX;
    }

    private static final class Immortal {

        static final BlockingQueue<FutureTask<?>> TASKS = new LinkedBlockingQueue<>();

        static {
            // Without inherited thread locals: this thread would keep a test's objects alive for ever.
            Thread thread = new Thread(null, Immortal::serve, "unikernel-spawner", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            thread.start();
        }

        private static void serve() {
            while (true) {
                try {
                    TASKS.take().run();
                } catch (InterruptedException e) {
                    // Nobody has a reason to interrupt this thread, and it must not end.
                }
            }
        }
    }

    private static final class DeathSignal {

        static final List<String> PREFIX = ProgramPath.ofThisJvm()
                .find("setpriv")
                .map(setpriv -> List.of(setpriv.toString(), "--pdeathsig", "KILL", "--"))
                .filter(DeathSignal::works)
                .orElse(List.of());

        private static boolean works(List<String> prefix) {
            List<String> command = new ArrayList<>(prefix);
            command.add("true");
            return VmmProcess.succeeds(command);
        }
    }
}
