package dev.unikernel.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A running hypervisor process with its one guest. Safe for use by several threads. */
public interface Vmm extends AutoCloseable {

    long pid();

    List<String> commandLine();

    /** Everything that the guest wrote on its serial line. */
    SerialLog serial();

    /** The file with the VMM's own words. */
    Path log();

    boolean isAlive();

    /**
     * Why this guest will not become ready any more, or is not the boot that was started: the process ended, the guest
     * crashed, or it was reset and boots again. Empty while nothing of that kind was seen.
     */
    Optional<VmmEnd> end();

    /** When the VMM was ready to run the guest, on the clock of {@link System#nanoTime}, if that was seen. */
    OptionalLong readyAt();

    /** When the guest's driver took the network card into use, if this hypervisor tells. */
    OptionalLong nicUpAt();

    /**
     * Stops the guest's processors; does nothing if they were stopped by this before.
     *
     * @throws HypervisorException if the VMM does not do it, or does not answer in bounded time
     */
    void pause();

    /**
     * Lets the guest's processors run again; does nothing if they run.
     *
     * @throws HypervisorException as for {@link #pause}
     */
    void resume();

    /**
     * Whether the guest's processors are stopped by {@link #pause}.
     *
     * @throws HypervisorException if the VMM does not answer in bounded time
     */
    boolean isPaused();

    /**
     * Presses the guest's power button. What the guest does about it is its own affair.
     *
     * @throws HypervisorException as for {@link #pause}
     */
    void powerButton();

    /**
     * Plugs the cable of the guest's network card in or out, as the guest sees it.
     *
     * @throws HypervisorException as for {@link #pause}; always, if this hypervisor has no command for it
     */
    default void plug(boolean connected) {
        throw new HypervisorException(
                "the hypervisor has no command that unplugs a guest's cable",
                "use unikernel.network=namespace or tap, where the link itself is made to fail");
    }

    /**
     * What was counted of the guest's devices, as far as this hypervisor counts.
     *
     * @throws HypervisorException if the VMM does not answer in bounded time
     */
    GuestCounters counters();

    /**
     * Ends the process by SIGKILL and waits, in bounded time. Unlike that by {@link #close}, this end is told by {@link
     * #end}.
     *
     * @throws HypervisorException if the process outlives SIGKILL; names the pid
     */
    void kill();

    /**
     * Ends the process: SIGTERM, a bounded wait, SIGKILL, a bounded wait. Idempotent; restores the interrupt flag; never
     * judges the guest.
     *
     * @throws HypervisorException if the process outlives SIGKILL; names the pid
     */
    @Override
    void close();
}
