package dev.unikernel.vm;

import dev.unikernel.hypervisor.GuestCounters;
import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.Lease;
import dev.unikernel.network.NetworkException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A running VM whose guest was seen to be ready. Safe for use by several threads.
 *
 * <p>Made by {@link VmLauncher#start}. A test may {@link #pause}, {@link #powerOff} or {@link #kill} it; {@link #exit} tells
 * how it ended. {@link #close} is needed in any case: it takes everything away that the start made; the logs stay.
 */
public final class Vm implements AutoCloseable {

    /** From a process's last word, the end of its connections, to its exit code. */
    private static final Duration DEATH = Duration.ofMillis(500);

    private static final Duration POWER_OFF_LIMIT = Duration.ofSeconds(10);

    private final LaunchPlan plan;
    private final Vmm vmm;
    private final GuestEnd guestEnd;
    private final Lease lease;
    private final InetAddress address;
    private final Timeline timeline;
    private final Evidence evidence;
    private final Undo undo;
    private final VmNetwork network;

    Vm(
            LaunchPlan plan,
            Vmm vmm,
            GuestEnd guestEnd,
            Lease lease,
            Attachment attachment,
            Timeline timeline,
            Evidence evidence,
            Undo undo) {
        this.plan = plan;
        this.vmm = vmm;
        this.guestEnd = guestEnd;
        this.lease = lease;
        this.address = attachment.reachableAt(lease);
        this.timeline = timeline;
        this.evidence = evidence;
        this.undo = undo;
        this.network = new VmNetwork(this, vmm, attachment);
    }

    public String name() {
        return plan.spec().name();
    }

    /** The address that a test connects to: the lease's own, or the local one that is forwarded to it. */
    public InetAddress address() {
        return address;
    }

    /** The guest's main port. */
    public int port() {
        return plan.spec().port();
    }

    /**
     * The port at {@link #address()} that reaches the guest's port {@code guestPort}; it has the same number.
     *
     * @throws IllegalArgumentException if the port was not declared; lists those that were
     */
    public int port(int guestPort) {
        List<Integer> declared = plan.ports();
        if (!declared.contains(guestPort)) {
            throw new IllegalArgumentException("VM '" + name() + "' declares no port " + guestPort + "; declared are "
                    + declared + ". Next: add it to the attribute 'ports'.");
        }
        return guestPort;
    }

    /** {@code http://<address>:<port>/}. */
    public URI uri() {
        return uri("/");
    }

    /** {@code http://<address>:<port>} followed by {@code path}, which begins with {@code /}. */
    public URI uri(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with '/', but was: '" + path + "'");
        }
        return URI.create("http://" + address.getHostAddress() + ":" + port() + path);
    }

    /** What DHCP assigned to the guest. */
    public Lease lease() {
        return lease;
    }

    /** The hypervisor's name and version: {@code Cloud Hypervisor 53.0}. */
    public String hypervisor() {
        return plan.hypervisor().describe();
    }

    /** The VMM's process id. */
    public long pid() {
        return vmm.pid();
    }

    /** The guest's serial console, from its first byte. The path stays valid after {@link #close}. */
    public Path serialLog() {
        return evidence.serialLog();
    }

    /** What the VMM said, from its first byte. The path stays valid after {@link #close}. */
    public Path vmmLog() {
        return evidence.vmmLog();
    }

    /** When the boot reached its phases. */
    public Timeline timeline() {
        return timeline;
    }

    /** How this VM was started. */
    public LaunchPlan plan() {
        return plan;
    }

    /** Whether the VMM's process is alive and its guest was not seen to end, crash or restart. A paused VM is running. */
    public boolean isRunning() {
        return vmm.isAlive() && guestEnd.seen().isEmpty();
    }

    /**
     * Stops the guest's processors: it answers nothing, and its clocks may stand still, until {@link #resume}. Returns when
     * they stand still; does nothing if they do already.
     *
     * @throws VmControlException if the VM has ended, or the VMM does not do it within 10 s
     */
    public void pause() {
        control("paused", vmm::pause);
    }

    /**
     * Lets a paused guest go on; does nothing if it is not paused.
     *
     * @throws VmControlException if the VM has ended, or the VMM does not do it within 10 s
     */
    public void resume() {
        control("resumed", vmm::resume);
    }

    /**
     * Whether the guest stands still because of {@link #pause}; the VMM is asked.
     *
     * @throws VmControlException if the VM has ended, or the VMM does not answer within 10 s
     */
    public boolean isPaused() {
        return ask("asked for its state", vmm::isPaused);
    }

    /** The VM's link, which a test can have fail. */
    public VmNetwork network() {
        return network;
    }

    /** {@link #powerOff(Duration)} with a limit of 10 s. */
    public Optional<VmExit> powerOff() {
        return powerOff(POWER_OFF_LIMIT);
    }

    /**
     * Presses the guest's power button (ACPI) and waits for the guest to end. Many unikernels ignore the button, and a
     * paused guest does not see it: then the guest is still running afterwards, and it is for the caller to judge that.
     * Nanos sends SIGTERM to its program. A VM that has ended before is not touched.
     *
     * @param limit for the wait
     * @return how the VM ended; empty if it did not end within {@code limit}
     * @throws VmControlException if the VMM does not take the button within 10 s
     */
    public Optional<VmExit> powerOff(Duration limit) {
        if (exit().isEmpty()) {
            guestEnd.powerButton();
            try {
                vmm.powerButton();
            } catch (HypervisorException e) {
                if (awaitExit(DEATH).isEmpty()) {
                    throw refused("powered off", e);
                }
            }
            guestEnd.await(limit);
        }
        return exit();
    }

    /**
     * Ends the VMM, and the guest with it, as a power failure would: by SIGKILL. Returns when the process has ended; does
     * nothing if it has ended before. {@link #close} is still needed.
     *
     * @throws VmControlException if the process outlives SIGKILL by 5 s; names the pid
     */
    public void kill() {
        guestEnd.settle();
        try {
            vmm.kill();
        } catch (HypervisorException e) {
            throw refused("killed", e);
        }
    }

    /**
     * What the hypervisor counted of the guest's devices since the start: bytes and frames of the network card ({@code
     * net0}; Cloud Hypervisor only), bytes and requests of the disks ({@code disk0} and so on).
     *
     * @throws VmControlException if the VM has ended, or the VMM does not answer within 10 s
     */
    public GuestCounters counters() {
        return ask("asked for its counters", vmm::counters);
    }

    /**
     * How the VM ended, as far as it can be told; empty while it runs. A guest that crashed has ended, though Cloud
     * Hypervisor boots it again, and a Nanos whose program ended, though Cloud Hypervisor 53 does not power it off. Once told,
     * it stays so, also after {@link #close}.
     */
    public Optional<VmExit> exit() {
        return guestEnd.exit();
    }

    /**
     * Waits for the VM to end.
     *
     * @param limit for the wait; an interrupt does not cut it short and is kept for later
     * @return how it ended; empty if it did not end within {@code limit}
     */
    public Optional<VmExit> awaitExit(Duration limit) {
        guestEnd.await(limit);
        return exit();
    }

    void control(String done, Runnable what) {
        ask(done, () -> {
            what.run();
            return true;
        });
    }

    private <T> T ask(String done, Supplier<T> what) {
        Optional<VmExit> exit = exit();
        if (exit.isPresent()) {
            throw ended(done, exit.get(), null);
        }
        try {
            return what.get();
        } catch (HypervisorException e) {
            // It may have ended meanwhile or be about to, which says more than that it did not answer.
            VmExit meanwhile = awaitExit(DEATH).orElse(null);
            throw meanwhile == null ? refused(done, e) : ended(done, meanwhile, e);
        } catch (NetworkException e) {
            VmExit meanwhile = awaitExit(DEATH).orElse(null);
            throw meanwhile == null
                    ? new VmControlException("VM '" + name() + "' was not " + done + ": " + e.getMessage() + ".", e)
                    : ended(done, meanwhile, e);
        }
    }

    private VmControlException ended(String done, VmExit exit, @Nullable RuntimeException cause) {
        return new VmControlException(
                "VM '" + name() + "' cannot be " + done + ", because it has ended: " + exit.cause()
                        + ". Next: read the end of " + serialLog() + ".",
                cause);
    }

    private VmControlException refused(String done, HypervisorException cause) {
        return new VmControlException(
                "VM '" + name() + "' was not " + done + ": " + cause.found() + ". Next: " + cause.nextStep()
                        + " (the VMM's log is " + evidence.vmmLog() + ").",
                cause);
    }

    /** Ends the VM and takes away what its start made. Idempotent. */
    @Override
    public void close() {
        undo.close();
    }

    @Override
    public String toString() {
        return "VM '" + name() + "' at " + uri() + " (" + hypervisor() + ", pid " + pid() + ")";
    }
}
