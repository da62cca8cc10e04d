package dev.unikernel.vm;

import dev.unikernel.hypervisor.HypervisorException;
import dev.unikernel.hypervisor.Patience;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.ImageException;
import dev.unikernel.image.nanos.ExitRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How a guest ended, put together from what its VMM, its disk and its serial line tell. Once told, it stays so. Closing it,
 * before the VMM and the guest's disks are taken away, is the last look. Safe for use by several threads.
 */
final class GuestEnd implements AutoCloseable {

    private static final int OUTPUT_LINES = 30;

    /** More than what a guest's last words may take, see {@link NanosGuest}. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Vmm vmm;
    private final Optional<NanosGuest> nanos;
    private final Optional<Pattern> exitCodeOnSerial;
    private Optional<VmmEnd> end = Optional.empty();
    private Optional<VmExit> exit = Optional.empty();

    /** @param exitCodeOnSerial its one group is the exit code, as the last place tells it where it is found */
    GuestEnd(Vmm vmm, Optional<NanosGuest> nanos, Optional<Pattern> exitCodeOnSerial) {
        this.vmm = vmm;
        this.nanos = nanos;
        this.exitCodeOnSerial = exitCodeOnSerial;
    }

    /** The end, if there is one. */
    synchronized Optional<VmmEnd> seen() {
        if (end.isEmpty() && !(exit.orElse(null) instanceof VmExit.Closed)) {
            Optional<VmmEnd> told = vmm.end();
            end = nanos.isEmpty() ? told : nanos.get().end(vmm, told, System.nanoTime());
            end = end.map(this::withCode);
            exit = end.map(known -> VmExit.of(known, lastOutput()));
        }
        return end;
    }

    /** The same for those who do not see a VMM. */
    synchronized Optional<VmExit> exit() {
        seen();
        return exit;
    }

    /** What Nanos left on its disk, as far as it was seen. */
    synchronized Optional<ExitRecord> record() {
        return nanos.flatMap(NanosGuest::record);
    }

    /** The guest's power button was pressed. */
    synchronized void powerButton() {
        nanos.ifPresent(NanosGuest::powerButton);
    }

    /** Whether the guest ended within {@code limit}; an interrupt does not cut the wait short and is kept for later. */
    boolean await(Duration limit) {
        return Patience.await(() -> seen().isPresent(), limit);
    }

    /** An end that has begun is seen to its end. */
    void settle() {
        Patience.await(() -> seen().isPresent() || !isInDoubt(), LAST_WORDS);
    }

    private synchronized boolean isInDoubt() {
        return nanos.filter(NanosGuest::isInDoubt).isPresent();
    }

    @Override
    public void close() {
        try {
            settle();
            closed("close() took it away", lastOutput());
        } catch (HypervisorException | ImageException e) {
            // Its files may have been taken away by somebody else: no reason to leave the rest.
            closed("close() took it away; whether it had ended before cannot be told: " + e.getMessage(), List.of());
        }
    }

    private synchronized void closed(String cause, List<String> lastOutput) {
        exit = exit.or(() -> Optional.of(new VmExit.Closed(cause, lastOutput)));
    }

    private VmmEnd withCode(VmmEnd known) {
        if (exitCodeOnSerial.isEmpty()
                || !(known instanceof VmmEnd.PoweredOff off)
                || off.exitCode().orElse(0) != 0) {
            return known;
        }
        OptionalInt code =
                vmm.serial().lastMatch(exitCodeOnSerial.get()).map(this::number).orElseGet(OptionalInt::empty);
        return code.isEmpty()
                ? known
                : new VmmEnd.PoweredOff(
                        off.cause() + "; its serial line tells the exit code " + code.getAsInt(), off.nextStep(), code);
    }

    private OptionalInt number(MatchResult match) {
        try {
            return OptionalInt.of(
                    Integer.parseInt(String.valueOf(match.group(1)).strip()));
        } catch (NumberFormatException e) {
            System.getLogger("dev.unikernel")
                    .log(
                            System.Logger.Level.WARNING,
                            "exitCodeOnSerial found ''{0}'' in {1}, which is no decimal number",
                            match.group(1),
                            vmm.serial().file());
            return OptionalInt.empty();
        }
    }

    private List<String> lastOutput() {
        List<String> serial = vmm.serial().lastLines(OUTPUT_LINES);
        return serial.isEmpty()
                ? record().map(record -> record.lastLines(OUTPUT_LINES)).orElse(List.of())
                : serial;
    }
}
