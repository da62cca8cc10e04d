package dev.unikernel.vm;

import dev.unikernel.config.Durations;
import dev.unikernel.hypervisor.SerialLog;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns what was seen of a boot that failed into the exception that says so. */
final class StartFailure {

    private static final int SERIAL_LINES = 30;

    /** Of Nanos' lwIP, in the words of all its versions. */
    private static final Pattern ADDRESS_LOST = Pattern.compile("\\bassigned:? 0\\.0\\.0\\.0$");

    private final LaunchPlan plan;
    private final Vmm vmm;
    private final Attachment attachment;
    private final Timeline timeline;
    private final Evidence evidence;
    private final ReadinessWait wait;

    StartFailure(
            LaunchPlan plan, Vmm vmm, Attachment attachment, Timeline timeline, Evidence evidence, ReadinessWait wait) {
        this.plan = plan;
        this.vmm = vmm;
        this.attachment = attachment;
        this.timeline = timeline;
        this.evidence = evidence;
        this.wait = wait;
    }

    VmStartException of(ReadinessWait.Outcome outcome) {
        return switch (outcome) {
            case ENDED -> ofEnd(wait.end().orElseThrow());
            case SAID_SO ->
                new VmStartException.GuestCrashed(text(
                        "the guest wrote a line that failOnSerial looks for: '"
                                + wait.failureLine().orElseThrow() + "'",
                        "Read the serial log around that line."));
            case INTERRUPTED -> interrupted();
            case TIMED_OUT -> ofTimeout();
            case READY -> throw new IllegalArgumentException("a boot that became ready is no failure");
        };
    }

    private VmStartException interrupted() {
        // An interrupted thread cannot read the serial log.
        boolean interrupted = Thread.interrupted();
        try {
            return new VmStartException.Interrupted(
                    text("the thread was interrupted while it waited", "Look for what interrupted it: a test timeout?"),
                    null);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private VmStartException ofEnd(VmmEnd end) {
        String text = text(end.cause(), end.nextStep());
        if (end instanceof VmmEnd.Refused) {
            return new VmStartException.VmmRefused(text);
        }
        return end instanceof VmmEnd.GuestCrashed
                ? new VmStartException.GuestCrashed(text)
                : new VmStartException.ExitedEarly(text);
    }

    private VmStartException ofTimeout() {
        Optional<Lease> lease = attachment.leases().lease();
        if (lease.isEmpty()) {
            return new VmStartException.NoLease(text(
                    "it got no address by DHCP", attachment.leases().nextStep().orElseGet(this::nextStepWithoutLease)));
        }
        String where = attachment.reachableAt(lease.get()).getHostAddress() + ":"
                + plan.spec().port();
        if (plan.spec().readyWhen() instanceof ReadyWhen.SerialLine line) {
            return new VmStartException.WrongAnswer(text(
                    "no serial line matched /" + line.pattern() + "/",
                    "Compare the regex with the lines below; does the guest write to its serial console?"));
        }
        if (wait.wrongAnswer().isPresent()) {
            String answer = wait.wrongAnswer().get();
            String since = wait.lastSeen().equals(answer) ? "" : "; since then: " + wait.lastSeen();
            return new VmStartException.WrongAnswer(text(
                    where + " answered, but the last answer was " + answer + since,
                    "Should the readiness ask for another path or status?"));
        }
        if (wait.wasAccepted() && !attachment.acceptsBeforeGuest()) {
            return new VmStartException.WrongAnswer(text(
                    where + " accepted connections, but never answered: " + wait.lastSeen(),
                    "Does the program in the guest hang? Is it HTTP that it speaks on this port?"));
        }
        return new VmStartException.NotListening(text(
                "nothing answered at " + where + ": " + wait.lastSeen(),
                hasLostItsAddress(vmm.serial())
                        ? "The guest gave its address up ('assigned 0.0.0.0'): does the DHCP server take it back, or give"
                                + " leases of less than 10 minutes?"
                        : "Does the program in the guest listen on port "
                                + plan.spec().port() + " on all its addresses? Is the attribute 'port' right?"));
    }

    /** Nanos counts leases in minutes; with one of less than 90 s it has no address for a moment of each minute. */
    static boolean hasLostItsAddress(SerialLog serial) {
        return serial.firstMatch(ADDRESS_LOST).isPresent();
    }

    private String nextStepWithoutLease() {
        Map<DhcpSighting.Type, Long> seen = counts();
        if (seen.isEmpty()) {
            return timeline.at(BootPhase.NIC_UP).isPresent()
                    ? "The guest's network driver came up, but nothing was asked: does the image set a static address?"
                    : "Nothing came from the guest's network card: did it boot? Has its kernel a virtio-net driver?";
        }
        if (!seen.containsKey(DhcpSighting.Type.REQUEST)) {
            return "The guest asked and was answered, but did not take the offer: do its lines below say why?";
        }
        return "The guest asked for the offered address and got no acknowledgement: do its lines below say why?";
    }

    private Map<DhcpSighting.Type, Long> counts() {
        return attachment.leases().sightings().stream()
                .collect(Collectors.groupingBy(
                        DhcpSighting::type, () -> new EnumMap<>(DhcpSighting.Type.class), Collectors.counting()));
    }

    /** The record's text is what the serial line shows, too, if the image does not forbid it. */
    private String exitRecord(boolean withText) {
        return wait.exitRecord()
                .map(record -> "\n  record:   exit code " + record.exitCode() + ", on the guest's disk"
                        + (withText
                                ? "; with the last lines\n    | "
                                        + String.join("\n    | ", record.lastLines(SERIAL_LINES))
                                : ""))
                .orElse("");
    }

    private String text(String what, String nextStep) {
        Map<DhcpSighting.Type, Long> seen = counts();
        String dhcp = seen.isEmpty()
                ? "no message was seen"
                : seen.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "));
        String reached = timeline.last()
                .map(phase -> phase.label() + " at "
                        + timeline.at(phase).orElseThrow().toMillis() + " ms")
                .orElse("nothing");
        List<String> serial = vmm.serial().lastLines(SERIAL_LINES);
        return "VM '" + plan.spec().name() + "' did not become ready: " + what + "."
                + "\n  awaited:  " + plan.spec().readyWhen().describe() + " on port "
                + plan.spec().port() + ", at most " + Durations.format(plan.timeout())
                + "\n  reached:  " + reached + "  (" + timeline + ")"
                + "\n  DHCP:     " + dhcp
                + "\n  VMM:      " + plan.hypervisorName() + ", " + attachment.describe()
                + plan.decision().inFailures()
                + "\n  command:  " + ShellWords.join(vmm.commandLine())
                + "\n  logs:     " + evidence.serialLog() + "\n            " + evidence.vmmLog()
                + (Files.exists(evidence.dhcpCapture()) ? "\n            " + evidence.dhcpCapture() : "")
                + exitRecord(serial.isEmpty())
                + "\n  serial:   "
                + (serial.isEmpty()
                        ? "the guest wrote nothing"
                        : "the last " + serial.size() + " lines\n    | " + String.join("\n    | ", serial))
                + "\n  Next: " + nextStep;
    }
}
