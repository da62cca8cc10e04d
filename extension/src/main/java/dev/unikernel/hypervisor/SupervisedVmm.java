package dev.unikernel.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What all VMMs have in common: a process, a serial line, a log, and an end that is found out once. */
public abstract class SupervisedVmm implements Vmm {

    private final VmmProcess process;
    private final LogFile serial;
    private final LogFile log;
    private Optional<VmmEnd> end = Optional.empty();
    private boolean closing;

    protected SupervisedVmm(VmmProcess process, LogFile serial, LogFile log) {
        this.process = process;
        this.serial = serial;
        this.log = log;
    }

    /**
     * Looks at what is new in the VMM's files and decides.
     *
     * @param exitCode of the process if it has ended, in which case its files are complete
     */
    protected abstract Optional<VmmEnd> judge(OptionalInt exitCode);

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public List<String> commandLine() {
        return process.command();
    }

    @Override
    public SerialLog serial() {
        return serial;
    }

    @Override
    public Path log() {
        return log.file();
    }

    @Override
    public boolean isAlive() {
        return process.exitCode().isEmpty();
    }

    @Override
    public synchronized Optional<VmmEnd> end() {
        // An end that close() makes is none of the guest's.
        if (end.isEmpty() && !closing) {
            end = judge(process.exitCode());
        }
        return end;
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        try {
            synchronized (this) {
                end();
                closing = true;
            }
        } finally {
            // Whatever the look at the files came to.
            process.close();
        }
    }
}
