package dev.unikernel.vm;

import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.BitRate;
import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.Wire;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The link between a VM and all that it talks to, which a test can have fail: {@code vm.network().disconnect()}. Safe for use
 * by several threads; the faults are the VM's, so that tests which run at the same time on one VM share them.
 *
 * <p>Faults add up, work in both directions and on what is under way already, and stay until {@link #restore}. The JUnit
 * extension restores after each test, when its {@code @AfterEach} methods have run, whether it failed or not, and whoever has
 * set the faults. Nothing tells the client: it sees what it would see of a bad network, time-outs as a rule.
 *
 * <table>
 * <caption>What there is in each network mode</caption>
 * <tr><th>mode</th><th>faults</th></tr>
 * <tr><td>{@code tap}, {@code namespace}</td><td>all, made by the kernel; the guest's card sees no change. Needs {@code tc} of
 * iproute2 and the kernel's {@code ifb}, {@code sch_ingress}, {@code cls_bpf} and {@code act_mirred}, {@link #limit} also
 * {@code sch_tbf}, {@link #delay} also {@code sch_netem}. Where that last one is missing, {@code namespace} delays in its
 * relay: what passes between test and guest, once they are connected</td></tr>
 * <tr><td>{@code user}, and {@code premade} with QEMU</td><td>{@link #disconnect}, made by QEMU; the guest's card sees that
 * the cable is unplugged</td></tr>
 * </table>
 *
 * Each method throws {@link VmControlException} if the VM has ended or the fault cannot be had, with the reason and the next
 * step; nothing is changed then.
 */
public final class VmNetwork {

    private final Vm vm;
    private final Vmm vmm;
    private final Attachment attachment;
    private LinkFaults faults = LinkFaults.NONE;

    VmNetwork(Vm vm, Vmm vmm, Attachment attachment) {
        this.vm = vm;
        this.vmm = vmm;
        this.attachment = attachment;
    }

    /** Lets nothing through. Connections stay open at both ends, and go on after a {@link #reconnect} if they can wait. */
    public VmNetwork disconnect() {
        return change("disconnected", current -> current.withConnected(false));
    }

    /** Ends what {@link #disconnect} began. The other faults stay. */
    public VmNetwork reconnect() {
        return change("connected again", current -> current.withConnected(true));
    }

    /**
     * Holds each frame back, to the guest as well as from it: a request and its answer take twice this time longer.
     *
     * @param delay 0 to 10 s; 0 ends it
     * @throws IllegalArgumentException if it is not
     */
    public VmNetwork delay(Duration delay) {
        return change("delayed", current -> current.withDelay(delay));
    }

    /**
     * Loses frames by chance, each independently of the others. TCP hides that by sending again, which takes time.
     *
     * @param percent how many frames in a hundred, 0 to 100; 0 ends it
     * @throws IllegalArgumentException if it is not
     */
    public VmNetwork loss(double percent) {
        return change("made to lose frames", current -> current.withLossPercent(percent));
    }

    /**
     * Lets only so much through, in each direction on its own. What is more waits for a moment and is lost then, as in a
     * router; a first moment's worth passes at once.
     *
     * @param rate per second, a whole number and its unit, powers of 1000: {@code "512kbit"}, {@code "1Mbit"}; 8kbit to 10Gbit
     * @throws IllegalArgumentException if it is not
     */
    public VmNetwork limit(String rate) {
        BitRate limit = BitRate.parse(rate);
        return change("limited", current -> current.withLimit(limit));
    }

    /** Ends all faults. Does nothing if there are none, or the VM has ended. */
    public void restore() {
        synchronized (this) {
            if (faults.isNone()) {
                return;
            }
        }
        try {
            change("restored", current -> LinkFaults.NONE);
        } catch (VmControlException e) {
            if (vm.exit().isEmpty()) {
                throw e;
            }
        }
    }

    private synchronized VmNetwork change(String done, UnaryOperator<LinkFaults> change) {
        LinkFaults changed = change.apply(faults);
        vm.control(done, () -> {
            Optional<Wire> wire = attachment.wire();
            if (wire.isPresent()) {
                wire.get().set(changed);
            } else {
                plug(changed);
            }
        });
        faults = changed;
        return this;
    }

    private void plug(LinkFaults wanted) {
        if (!wanted.withConnected(true).isNone()) {
            throw new VmControlException(
                    "VM '" + vm.name() + "' can only be disconnected, because its link is not ours to change ("
                            + attachment.describe() + "). Next: use unikernel.network=namespace or tap.",
                    null);
        }
        if (wanted.connected() != faults.connected()) {
            vmm.plug(wanted.connected());
        }
    }
}
