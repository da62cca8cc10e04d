package dev.unikernel.vm;

import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.network.Lease;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A running VM whose guest was seen to be ready. Safe for use by several threads.
 *
 * <p>Made by {@link VmLauncher#start}. {@link #close} takes everything away that the start made; the logs stay.
 */
public final class Vm implements AutoCloseable {

    private final LaunchPlan plan;
    private final Vmm vmm;
    private final Lease lease;
    private final InetAddress address;
    private final Timeline timeline;
    private final Evidence evidence;
    private final Undo undo;

    Vm(LaunchPlan plan, Vmm vmm, Lease lease, InetAddress address, Timeline timeline, Evidence evidence, Undo undo) {
        this.plan = plan;
        this.vmm = vmm;
        this.lease = lease;
        this.address = address;
        this.timeline = timeline;
        this.evidence = evidence;
        this.undo = undo;
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

    /** When the boot reached its phases. */
    public Timeline timeline() {
        return timeline;
    }

    /** How this VM was started. */
    public LaunchPlan plan() {
        return plan;
    }

    /** Whether the VMM's process is alive and its guest was not seen to crash or restart. */
    public boolean isRunning() {
        return vmm.isAlive() && vmm.end().isEmpty();
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
