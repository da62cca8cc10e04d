package dev.unikernel.vm;

import static java.lang.System.Logger.Level.INFO;

import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.ExitRecord;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.Lease;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.jspecify.annotations.Nullable;

/** The one wait loop: is the guest dead, is it ready, is the time up, in that order. */
final class ReadinessWait implements AutoCloseable {

    /** How this wait came out. */
    enum Outcome {
        READY,
        /** The VMM or the guest ended, see {@link #end}. */
        ENDED,
        /** The guest said on its serial line that it failed, see {@link #failureLine}. */
        SAID_SO,
        TIMED_OUT,
        INTERRUPTED
    }

    private static final Duration POLL_INTERVAL = Duration.ofMillis(2);

    /** Nobody shall look at a terminal that says nothing for longer; what follows comes in doubled distances. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private final VmSpec spec;
    private final Vmm vmm;
    private final Attachment attachment;
    private final GuestEnd guestEnd;
    private Optional<VmmEnd> end = Optional.empty();
    private Optional<String> failureLine = Optional.empty();
    private OptionalLong readyAt = OptionalLong.empty();
    private Optional<Lease> leased = Optional.empty();
    /** When the guest was seen to accept a connection behind something that accepts before it. */
    private OptionalLong acceptedAt = OptionalLong.empty();

    private @Nullable PortProbe probe;
    private final long begunAt = System.nanoTime();
    private Duration tellAfter = SILENCE;

    ReadinessWait(VmSpec spec, Vmm vmm, Attachment attachment, GuestEnd guestEnd) {
        this.spec = spec;
        this.vmm = vmm;
        this.attachment = attachment;
        this.guestEnd = guestEnd;
    }

    Outcome await(Duration timeout) {
        try {
            // An exception in an unrelated thread must not end this wait (awaitility#120).
            Awaitility.with()
                    .dontCatchUncaughtExceptions()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL_INTERVAL)
                    .await()
                    .atMost(timeout.compareTo(POLL_INTERVAL) > 0 ? timeout : POLL_INTERVAL.plusMillis(1))
                    .failFast("the guest will not become ready", this::isHopeless)
                    .until(this::isReady);
            return Outcome.READY;
        } catch (TerminalFailureException e) {
            return hopeless();
        } catch (ConditionTimeoutException e) {
            return Outcome.TIMED_OUT;
        } catch (RuntimeException e) {
            // An interrupted thread cannot read the VMM's files.
            if (Thread.currentThread().isInterrupted()) {
                return Outcome.INTERRUPTED;
            }
            throw e;
        }
    }

    private Outcome hopeless() {
        if (end.isPresent()) {
            return Outcome.ENDED;
        }
        return failureLine.isPresent() ? Outcome.SAID_SO : Outcome.INTERRUPTED;
    }

    Optional<VmmEnd> end() {
        return end;
    }

    /** What Nanos left on its disk, if it did. */
    Optional<ExitRecord> exitRecord() {
        return guestEnd.record();
    }

    Optional<String> failureLine() {
        return failureLine;
    }

    OptionalLong readyAt() {
        return readyAt;
    }

    /** The lease with which the guest was ready; it may have given it up since. */
    Optional<Lease> lease() {
        return leased;
    }

    OptionalLong listeningAt() {
        return probe == null || attachment.acceptsBeforeGuest() ? acceptedAt : probe.firstConnectedAt();
    }

    /** Whether something accepted a connection; behind a forwarder that need not have been the guest. */
    boolean wasAccepted() {
        return probe != null && probe.firstConnectedAt().isPresent();
    }

    /** The last answer which was not the awaited one, in words. */
    Optional<String> wrongAnswer() {
        return probe == null ? Optional.empty() : probe.wrongAnswer();
    }

    /** What the last look at the port came to, in words. */
    String lastSeen() {
        if (probe == null) {
            return spec.readyWhen() instanceof ReadyWhen.Tcp
                    ? "the guest has not accepted a connection"
                    : "nothing was tried yet";
        }
        return probe.lastSeen();
    }

    @Override
    public void close() {
        if (probe != null) {
            probe.close();
        }
    }

    private boolean isHopeless() {
        end = guestEnd.seen();
        tellOfLongWait();
        if (end.isEmpty()) {
            failureLine = spec.failOnSerial().flatMap(vmm.serial()::firstMatch);
        }
        // Awaitility sleeps through interrupts, but keeps the flag.
        return end.isPresent()
                || failureLine.isPresent()
                || Thread.currentThread().isInterrupted();
    }

    private void tellOfLongWait() {
        Duration waited = Duration.ofNanos(System.nanoTime() - begunAt);
        if (waited.compareTo(tellAfter) < 0) {
            return;
        }
        tellAfter = tellAfter.multipliedBy(2);
        Optional<Lease> lease = attachment.leases().lease();
        String state = lease.isEmpty()
                ? "it has no address yet"
                : "it leased " + lease.get().address().getHostAddress() + "; " + lastSeen();
        System.getLogger("dev.unikernel")
                .log(
                        INFO,
                        "VM ''{0}'' has been booting for {1} s: {2}; awaited is {3} on port {4}",
                        spec.name(),
                        waited.toSeconds(),
                        state,
                        spec.readyWhen().describe(),
                        Integer.toString(spec.port()));
    }

    private boolean isReady() {
        Optional<Lease> lease = attachment.leases().lease();
        if (lease.isEmpty() || !isMet(spec.readyWhen(), lease.get())) {
            return false;
        }
        readyAt = OptionalLong.of(System.nanoTime());
        leased = lease;
        return true;
    }

    private boolean isMet(ReadyWhen wanted, Lease lease) {
        if (wanted instanceof ReadyWhen.Leased) {
            return true;
        }
        if (wanted instanceof ReadyWhen.SerialLine line) {
            return vmm.serial().firstMatch(line.pattern()).isPresent();
        }
        if (wanted instanceof ReadyWhen.Tcp && attachment.acceptsBeforeGuest()) {
            acceptedAt = attachment.acceptedAt(spec.port());
            return acceptedAt.isPresent();
        }
        if (probe == null) {
            probe = new PortProbe(
                    new InetSocketAddress(attachment.reachableAt(lease), spec.port()),
                    wanted,
                    attachment.acceptsBeforeGuest());
        }
        return probe.poll(POLL_INTERVAL);
    }
}
