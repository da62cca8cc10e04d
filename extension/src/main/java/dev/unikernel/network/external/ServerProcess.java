package dev.unikernel.network.external;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.ProcessGuard;
import dev.unikernel.network.dhcp.Binding;
import dev.unikernel.network.dhcp.LinkServer;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server of one guest, and what its log tells. */
final class ServerProcess implements LinkServer.Served, LeaseSource {

    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final ServerKind kind;
    private final Path program;
    private final ProcessGuard guard;
    private final Binding binding;
    private final String tap;
    private final Path folder;
    private final ServerLog log;
    private ProcessGuard.@Nullable Guarded process;
    private boolean closed;

    ServerProcess(ServerKind kind, Path program, ProcessGuard guard, Binding binding, String tap, Path folder) {
        this.kind = kind;
        this.program = program;
        this.guard = guard;
        this.binding = binding;
        this.tap = tap;
        this.folder = folder;
        this.log = new ServerLog(folder.resolve("dhcp.log"), binding);
    }

    synchronized void start() {
        process = guard.start(
                kind.prepare(program, binding, tap, folder), folder.resolve("dhcp.out"), folder.resolve("dhcp.log"));
    }

    /** @throws NetworkException if it ends instead, or takes too long */
    synchronized void awaitReady() {
        long begin = System.nanoTime();
        log.readOn();
        while (!log.says(kind.readyLine())) {
            requireAlive();
            if (System.nanoTime() - begin > START.toNanos()) {
                throw new NetworkException(program + " did not serve within " + START.toSeconds() + " s: "
                        + log.lastWords() + ". Does it start by hand?");
            }
            pause();
            log.readOn();
        }
    }

    private void requireAlive() {
        if (process != null && process.exitCode().isPresent()) {
            int code = process.exitCode().getAsInt();
            log.readOn();
            throw new NetworkException(program + ", which shall serve DHCP at " + tap + ", ended with " + code + ": "
                    + log.lastWords()
                    + (log.says("ermission denied")
                            ? ". Does its AppArmor profile keep it from " + folder
                                    + "? A copy of the program at another path has no profile (unikernel.dhcp.binary)"
                            : ". Does it start by hand?"));
        }
    }

    @Override
    public LeaseSource leases() {
        return this;
    }

    @Override
    public synchronized Optional<Lease> lease() {
        if (!closed) {
            if (process == null && hasCarrier()) {
                start();
            }
            log.readOn();
            if (log.lease().isEmpty()) {
                requireAlive();
            }
        }
        return log.lease();
    }

    /** Java calls an interface up that is configured so and has a carrier. */
    private boolean hasCarrier() {
        try {
            NetworkInterface device = NetworkInterface.getByName(tap);
            return device != null && device.isUp();
        } catch (SocketException gone) {
            return false;
        }
    }

    @Override
    public synchronized List<DhcpSighting> sightings() {
        return log.sightings();
    }

    @Override
    public synchronized Optional<String> nextStep() {
        return log.lease().isPresent() || !log.sightings().isEmpty()
                ? Optional.empty()
                : Optional.of("Did the guest's network card ask for an address at all? The log of " + program + " ends "
                        + log.lastWords() + ".");
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetworkException("the wait for a DHCP server was interrupted", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.close();
        }
    }
}
