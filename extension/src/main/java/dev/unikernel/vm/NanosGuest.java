package dev.unikernel.vm;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.SerialLog;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.image.nanos.ExitRecord;
import dev.unikernel.image.nanos.NanosImage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a guest ended whose disk is one of Nanos: from the record on its disk, from its words on the serial line, and from
 * what Cloud Hypervisor says of a power-off that it does not carry out. Not safe for use by several threads.
 */
final class NanosGuest {

    /** Nanos' src/unix/signal.c; no program writes that by accident. */
    private static final Pattern SIGNAL = Pattern.compile(
            "^\\*\\*\\* signal (\\d+) received by tid \\d+, errno -?\\d+, code -?\\d+$", Pattern.MULTILINE);

    /** src/kernel/kernel.c: what it needs itself, it must have. */
    private static final Pattern OUT_OF_MEMORY = Pattern.compile(
            "^(?:\\[\\d+\\.\\d+\\] )?Out of memory: cannot allocate \\d+ bytes|page fault: out of memory, program killed");

    /** src/kernel/stage3.c and init.c; a program's unfinished line may stand in front. */
    private static final Pattern NO_START =
            Pattern.compile("(?:program startup failed|unable to open filesystem:) ?.*");

    /** src/x86_64/interrupt.c and src/runtime/runtime.h. */
    private static final Pattern KERNEL_FAULT = Pattern.compile(
            "^no fault handler|^frame \\S+ already full|^assertion .+ failed at \\S+:\\d+ |^stack check failed on cpu \\d");

    private static final Pattern TERMINATED = Pattern.compile("^   terminate$", Pattern.MULTILINE);

    private static final int SIGTERM = 15;

    /**
     * Cloud Hypervisor from 53 on has an _S5_ object that makes Nanos write to the PM1 control registers, which a machine
     * with reduced ACPI hardware has at address 0: nothing is there, and the virtual CPU halts for ever.
     */
    private static final Pattern POWER_OFF_TO_NOWHERE =
            Pattern.compile("Guest PIO write to unregistered address 0x0(?![0-9a-fA-F])");

    /** Between the first word of a failure and its record on the disk; longer where there is none. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private static final VmmEnd POWERED_OFF = new VmmEnd.PoweredOff(
            "Nanos ended without leaving an exit code, as it does when its program ends with 0, and the hypervisor did"
                    + " not carry out its power-off",
            "read the end of the guest's serial log: did its program end?");

    private final NanosImage image;
    private Optional<ExitRecord> lastRecord = Optional.empty();
    private OptionalLong failedAt = OptionalLong.empty();
    private Optional<LogFile> vmmLog = Optional.empty();
    private boolean buttonPressed;

    /** @param image the private copy that the guest runs on */
    NanosGuest(NanosImage image) {
        this.image = image;
    }

    /** The record on the disk, as far as it was seen; see {@link #end}. */
    Optional<ExitRecord> record() {
        return lastRecord;
    }

    /** Whether something was seen that may be an end, and is not complete yet. */
    boolean isInDoubt() {
        return lastRecord.isPresent() || failedAt.isPresent();
    }

    /** From now on a death by SIGTERM is what was asked for: Nanos sends it to its program (src/unix/unix.c). */
    void powerButton() {
        buttonPressed = true;
    }

    /**
     * The guest's end, if there is one.
     *
     * @param seen what the VMM says of it
     * @param now on the clock of {@link System#nanoTime}
     */
    Optional<VmmEnd> end(Vmm vmm, Optional<VmmEnd> seen, long now) {
        Optional<ExitRecord> record = image.record();
        // What is read twice is complete; and what there is when the VMM has ended.
        boolean complete = record.isPresent() && (record.equals(lastRecord) || seen.isPresent());
        lastRecord = record;
        if (seen.isPresent()) {
            return Optional.of(isOpen(seen.get()) ? why(vmm.serial(), withCode(seen.get(), vmm.serial())) : seen.get());
        }
        if (complete) {
            return Optional.of(ended(record.get(), vmm.serial()));
        }
        if (record.isPresent()) {
            return Optional.empty();
        }
        return hasFailed(vmm, now)
                ? Optional.of(why(vmm.serial(), withCode(POWERED_OFF, vmm.serial())))
                : Optional.empty();
    }

    /** Whether the guest may know more of this end than the VMM. */
    private static boolean isOpen(VmmEnd end) {
        return end instanceof VmmEnd.PoweredOff || end instanceof VmmEnd.Exited;
    }

    private boolean hasFailed(Vmm vmm, long now) {
        if (failedAt.isEmpty()
                && (failure(vmm.serial()).isPresent()
                        || vmmLog(vmm).firstMatch(POWER_OFF_TO_NOWHERE).isPresent())) {
            failedAt = OptionalLong.of(now);
        }
        return failedAt.isPresent() && now - failedAt.getAsLong() >= LAST_WORDS.toNanos();
    }

    private LogFile vmmLog(Vmm vmm) {
        vmmLog = vmmLog.or(() -> Optional.of(new LogFile(vmm.log())));
        return vmmLog.orElseThrow();
    }

    private VmmEnd why(SerialLog serial, VmmEnd otherwise) {
        return lastRecord
                .map(record -> ended(record, serial))
                .or(() -> failure(serial))
                .orElse(otherwise);
    }

    /** An exit code of 0 is the only one that leaves no record, and a fault that leaves none is said on the console. */
    private static VmmEnd withCode(VmmEnd end, SerialLog serial) {
        boolean spoke = !serial.lastLines(1).isEmpty();
        return end instanceof VmmEnd.PoweredOff && spoke
                ? new VmmEnd.PoweredOff(end.cause(), end.nextStep(), OptionalInt.of(0))
                : end;
    }

    private VmmEnd ended(ExitRecord record, SerialLog serial) {
        if (TERMINATED.matcher(record.output()).find()
                && !SIGNAL.matcher(record.output()).find()) {
            return buttonPressed && record.exitCode() == SIGTERM ? terminated() : killed(record.exitCode());
        }
        // The record first: its words are whole, while a slow console may have come to the middle of a line.
        Optional<VmmEnd> said = failure(record).or(() -> failure(serial));
        return said.orElseGet(() -> new VmmEnd.PoweredOff(
                "the guest's program ended with exit code " + record.exitCode(),
                "read the end of what it wrote: does it say why?",
                OptionalInt.of(record.exitCode())));
    }

    /** What was said on the serial line. */
    private static Optional<VmmEnd> failure(SerialLog serial) {
        return serial.firstMatch(SIGNAL)
                .flatMap(NanosGuest::bySignal)
                .or(() -> serial.firstMatch(NO_START).flatMap(NanosGuest::withoutStart))
                .or(() -> serial.firstMatch(OUT_OF_MEMORY).map(NanosGuest::forWantOfMemory))
                .or(() -> serial.firstMatch(KERNEL_FAULT).map(NanosGuest::byKernel));
    }

    /** What was said where no serial line showed it. */
    private static Optional<VmmEnd> failure(ExitRecord record) {
        return bySignal(record.output()).or(() -> withoutStart(record.output())).or(() -> record.output()
                .lines()
                .filter(line -> OUT_OF_MEMORY.matcher(line).find())
                .findFirst()
                .map(NanosGuest::forWantOfMemory));
    }

    private static Optional<VmmEnd> bySignal(String text) {
        Matcher signal = SIGNAL.matcher(text);
        return signal.find() ? Optional.of(killed(Integer.parseInt(signal.group(1)))) : Optional.empty();
    }

    private static Optional<VmmEnd> withoutStart(String text) {
        Matcher words = NO_START.matcher(text);
        return words.find()
                ? Optional.of(new VmmEnd.GuestCrashed(
                        "Nanos could not start the program: '" + words.group().strip() + "'",
                        "are the program and its libraries in the image? List them: ops image ls, or dump"))
                : Optional.empty();
    }

    private static VmmEnd byKernel(String line) {
        return new VmmEnd.GuestCrashed(
                "Nanos' kernel failed: '" + line.strip() + "'",
                "read the end of the guest's serial log; do the kernel and the image come from the same build of Nanos?");
    }

    private static VmmEnd forWantOfMemory(String line) {
        return new VmmEnd.GuestCrashed(
                "Nanos ran out of memory: '" + line.strip() + "'", "give the guest more memory (attribute memory)");
    }

    private static VmmEnd terminated() {
        return new VmmEnd.PoweredOff(
                "the guest's program was ended by SIGTERM, which Nanos sends it at the power button",
                "let the program handle SIGTERM, if it shall end in an orderly way");
    }

    private static VmmEnd killed(int signal) {
        return new VmmEnd.GuestCrashed(
                "the guest's program was killed by signal " + signal + name(signal),
                "look for '*** signal' in the guest's serial log; the registers follow on it",
                OptionalInt.of(signal));
    }

    private static String name(int signal) {
        return switch (signal) {
            case 4 -> " (SIGILL)";
            case 6 -> " (SIGABRT)";
            case 7 -> " (SIGBUS)";
            case 8 -> " (SIGFPE)";
            case 9 -> " (SIGKILL)";
            case 11 -> " (SIGSEGV)";
            case 13 -> " (SIGPIPE)";
            case 15 -> " (SIGTERM)";
            default -> "";
        };
    }
}
