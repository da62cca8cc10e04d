package dev.unikernel.bench;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * A way in which a guest ends, and how long it takes until that is known: by us, and by somebody who only looks at the
 * VMM's process and at the serial log, both at the same VM.
 */
enum Ending {
    /** The guest powers off at a request: {@link Vm#exit}. */
    POWER_OFF,
    /** The guest triple-faults at a request: {@link Vm#exit}. */
    CRASH,
    /** The VMM of a guest that was ready is killed: {@link Vm#exit}. */
    KILL,
    /** The VMM of a guest that is waited for is killed: the exception of {@link VmLauncher#start}. */
    KILL_AT_START;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private record Times(Duration ours, Duration theirs) {}

    /** The name in the table. */
    String title() {
        return "verdict-" + name().toLowerCase(Locale.ROOT).replace("_", "");
    }

    Comparison compare(String hypervisor, Goal goal, int runs, Guest guest) {
        List<Duration> ours = new ArrayList<>();
        List<Duration> theirs = new ArrayList<>();
        for (int run = -2; run < runs; run++) {
            Times times = this == KILL_AT_START ? duringTheStart(guest) : afterTheStart(guest);
            if (run >= 0) { // the first two load classes
                ours.add(times.ours);
                theirs.add(times.theirs);
            }
        }
        return new Comparison(title(), hypervisor, Samples.of(ours), Samples.of(theirs), goal);
    }

    private Times afterTheStart(Guest guest) {
        try (Vm vm = VmLauncher.create().start(guest.spec())) {
            Bystander bystander = new Bystander(vm.pid(), vm.serialLog());
            CompletableFuture<Long> seen = CompletableFuture.supplyAsync(() -> bystander.awaitEnd(LIMIT));
            long caused = cause(vm);
            while (vm.exit().isEmpty()) {
                if (System.nanoTime() - caused > LIMIT.toNanos()) {
                    throw new BenchException(title() + ": no verdict within " + LIMIT.toSeconds() + " s");
                }
                LockSupport.parkNanos(Bystander.INTERVAL_NANOS);
            }
            return new Times(Duration.ofNanos(System.nanoTime() - caused), Duration.ofNanos(seen.join() - caused));
        }
    }

    private long cause(Vm vm) {
        long caused = System.nanoTime();
        if (this == KILL) {
            ProcessHandle.of(vm.pid()).ifPresent(ProcessHandle::destroyForcibly);
            return caused;
        }
        try (Socket socket = new Socket(vm.address(), vm.port())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            String path = this == CRASH ? "/crash" : "/exit/0";
            caused = System.nanoTime();
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: guest\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().read();
            return caused;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the VMM of a guest that has its address and serves nothing. */
    private Times duringTheStart(Guest guest) {
        CompletableFuture<long[]> killer = CompletableFuture.supplyAsync(() -> {
            Bystander bystander = Bystander.ofTheNextVmm(LIMIT);
            bystander.awaitLine("assigned: ", LIMIT);
            long caused = System.nanoTime();
            ProcessHandle.of(bystander.pid()).ifPresent(ProcessHandle::destroyForcibly);
            return new long[] {caused, bystander.awaitEnd(LIMIT)};
        });
        try (Vm vm = VmLauncher.create().start(guest.mute())) {
            throw new BenchException(vm + " became ready without a server");
        } catch (VmStartException.ExitedEarly e) {
            long verdict = System.nanoTime();
            long[] seen = killer.join();
            return new Times(Duration.ofNanos(verdict - seen[0]), Duration.ofNanos(seen[1] - seen[0]));
        }
    }
}
