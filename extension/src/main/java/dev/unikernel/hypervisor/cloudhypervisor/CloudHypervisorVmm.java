package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.EventFile;
import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.SupervisedVmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.hypervisor.VmmProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A running Cloud Hypervisor. Its files are read when it is asked something. */
final class CloudHypervisorVmm extends SupervisedVmm {

    private final Machine machine;
    private final LogFile log;
    private final EventFile events;
    private final Observations observations;
    private final ApiClient api;

    private CloudHypervisorVmm(
            Machine machine, VmmProcess process, LogFile serial, LogFile log, Observations observations) {
        super(process, serial, log);
        this.machine = machine;
        this.log = log;
        this.events = new EventFile(CommandLine.events(machine), "\n\n");
        this.observations = observations;
        this.api = new ApiClient(CommandLine.apiSocket(machine));
    }

    static CloudHypervisorVmm launch(List<String> commandLine, Machine machine) {
        Path serial = machine.logFolder().resolve("serial.log");
        Path log = machine.logFolder().resolve("vmm.log");
        VmmProcess process = VmmProcess.launch(machine.nic().enter(), commandLine, serial, log);
        return new CloudHypervisorVmm(
                machine, process, new LogFile(serial), new LogFile(log), new Observations(process.launchedAt()));
    }

    @Override
    public synchronized OptionalLong readyAt() {
        observe();
        return observations.bootedAt();
    }

    @Override
    public synchronized OptionalLong nicUpAt() {
        observe();
        return observations.nicUpAt();
    }

    @Override
    public void pause() {
        // Two at once would both find it running.
        synchronized (api) {
            if (!isPaused()) {
                api.pause();
            }
        }
    }

    @Override
    public void resume() {
        synchronized (api) {
            if (isPaused()) {
                api.resume();
            }
        }
    }

    @Override
    public boolean isPaused() {
        return api.state().equals(ApiClient.PAUSED);
    }

    @Override
    public void powerButton() {
        api.powerButton();
    }

    @Override
    public GuestCounters counters() {
        return api.counters();
    }

    @Override
    protected Optional<VmmEnd> judge(OptionalInt exitCode) {
        observe();
        return new Verdict(machine, observations, log).on(exitCode);
    }

    private void observe() {
        for (String record : events.next()) {
            Event.parse(record).ifPresent(event -> observations.add(event, System.nanoTime()));
        }
    }
}
