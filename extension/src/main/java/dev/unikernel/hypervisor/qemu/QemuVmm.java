package dev.unikernel.hypervisor.qemu;

import dev.unikernel.hypervisor.EventFile;
import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.SupervisedVmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.hypervisor.VmmProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A running QEMU. Its files are read when it is asked something. */
final class QemuVmm extends SupervisedVmm {

    /** Sent before QEMU reads them: events are told from the first command on, and the guest begins with the second. */
    private static final String FIRST_WORDS = "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"cont\"}\n";

    private final Machine machine;
    private final LogFile log;
    private final EventFile events;
    private final Observations observations;
    private final Qmp qmp;

    private QemuVmm(Machine machine, VmmProcess process, LogFile log, EventFile events) {
        super(process, new LogFile(CommandLine.serial(machine)), log);
        this.machine = machine;
        this.log = log;
        this.events = events;
        this.qmp = new Qmp(process::say, this::listen);
        this.observations =
                new Observations(System.nanoTime() - ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()));
    }

    static QemuVmm launch(List<String> commandLine, Machine machine) {
        Path events = machine.folder().resolve("events.json");
        Path log = machine.logFolder().resolve("vmm.log");
        VmmProcess process = VmmProcess.launchTalking(machine.nic().enter(), commandLine, events, log, FIRST_WORDS);
        return new QemuVmm(machine, process, new LogFile(log), new EventFile(events, "\n"));
    }

    @Override
    public synchronized OptionalLong readyAt() {
        observe();
        return observations.resumedAt();
    }

    /** QEMU does not tell. */
    @Override
    public OptionalLong nicUpAt() {
        return OptionalLong.empty();
    }

    @Override
    public void pause() {
        synchronized (qmp) {
            // Before the event of the stop can be read, which would be taken for a failure.
            expectStop(true);
            try {
                qmp.execute("stop");
            } catch (HypervisorException e) {
                expectStop(false);
                throw e;
            }
        }
    }

    @Override
    public void resume() {
        synchronized (qmp) {
            qmp.execute("cont");
            expectStop(false);
        }
    }

    @Override
    public boolean isPaused() {
        return QmpResults.status(qmp.execute("query-status")).equals("paused");
    }

    @Override
    public void powerButton() {
        qmp.execute("system_powerdown");
    }

    @Override
    public void plug(boolean connected) {
        qmp.execute("set_link", "{\"name\":\"" + CommandLine.NIC + "\",\"up\":" + connected + "}");
    }

    /** Of the disks; QEMU does not tell of network cards. */
    @Override
    public GuestCounters counters() {
        return QmpResults.counters(qmp.execute("query-blockstats"));
    }

    @Override
    protected Optional<VmmEnd> judge(OptionalInt exitCode) {
        observe();
        return new Verdict(machine, observations, log, new LogFile(CommandLine.resets(machine))).on(exitCode);
    }

    private void observe() {
        for (String line : events.next()) {
            Event.parse(line).ifPresent(observations::add);
            Answer.parse(line).ifPresent(qmp::hear);
        }
    }

    /** Whether QEMU may say more. */
    private synchronized boolean listen() {
        boolean more = isAlive();
        observe();
        return more;
    }

    private synchronized void expectStop(boolean expected) {
        observations.expectStop(expected);
    }
}
