package dev.unikernel.hypervisor.qemu;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.Symptom;
import dev.unikernel.hypervisor.VmmEnd;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds out from events, log and exit code how a guest or its VMM ended. With {@code -no-reboot} QEMU ends with 0 after
 * a power-off as well as after a triple fault; the reason stands in the event SHUTDOWN.
 */
record Verdict(Machine machine, Observations observations, LogFile log, LogFile resets) {

    private static final Pattern TRIPLE_FAULT = Pattern.compile("^Triple fault");
    private static final Pattern KVM_ERROR = Pattern.compile("KVM internal error|KVM: entry failed");
    private static final String READ_SERIAL = "read the end of the guest's serial log";
    private static final int SIGNALS = 128;
    private static final int SIGKILL = 9;
    private static final int LONGEST_SUMMARY = 400;

    /** @param exitCode of the process if it has ended */
    Optional<VmmEnd> on(OptionalInt exitCode) {
        if (observations.guestPanicked() || observations.shutdownReason().equals("guest-panic")) {
            return Optional.of(new VmmEnd.GuestCrashed("the guest reported a panic", READ_SERIAL));
        }
        if (observations.shutdownReason().equals("guest-reset")) {
            return Optional.of(reset());
        }
        if (observations.guestStopped()) {
            return Optional.of(stopped());
        }
        return exitCode.isEmpty() ? Optional.empty() : Optional.of(ended(exitCode.getAsInt()));
    }

    private VmmEnd reset() {
        return has(resets, TRIPLE_FAULT)
                ? new VmmEnd.GuestCrashed(
                        "the guest crashed (triple fault)",
                        READ_SERIAL + "; a fault so early that nothing is printed is mostly a kernel that was not built"
                                + " for this platform")
                : new VmmEnd.GuestCrashed(
                        "the guest was reset, by itself or by a triple fault",
                        READ_SERIAL + "; if it restarts on purpose, make it power off instead (Linux: without"
                                + " panic=-1)");
    }

    private VmmEnd stopped() {
        if (has(log, KVM_ERROR)) {
            return new VmmEnd.GuestCrashed(
                    "a virtual CPU failed: the guest did something that this machine's KVM cannot run (" + said() + ")",
                    "see " + log.file() + " for the processor's state, and try it without KVM");
        }
        return observations.diskError().isEmpty()
                ? new VmmEnd.GuestCrashed("QEMU stopped the guest", "see " + log.file())
                : new VmmEnd.GuestCrashed(
                        "QEMU stopped the guest because of an error of its disk (" + observations.diskError() + ")",
                        "is the disk of this machine full?");
    }

    private VmmEnd ended(int exitCode) {
        switch (observations.shutdownReason()) {
            case "guest-shutdown" -> {
                return new VmmEnd.PoweredOff("the guest powered off", READ_SERIAL + ": did its program end?");
            }
            case "host-signal" -> {
                return new VmmEnd.Exited(
                        exitCode, "QEMU was stopped by a signal (" + said() + ")", "find out who sent it");
            }
            default -> {
                return endedBeforeShutdown(exitCode);
            }
        }
    }

    private VmmEnd endedBeforeShutdown(int exitCode) {
        Optional<Symptom.Meaning> known = Symptom.explain(Symptoms.OF_REFUSALS, log.tail(), machine);
        if (known.isEmpty() && exitCode > SIGNALS) {
            return new VmmEnd.Killed(
                    exitCode - SIGNALS,
                    "QEMU was killed by signal " + (exitCode - SIGNALS) + " (" + said() + ")",
                    exitCode == SIGNALS + SIGKILL
                            ? "did somebody kill it, or the kernel for want of memory? See dmesg"
                            : "see " + log.file());
        }
        String cause = known.map(meaning -> meaning.cause() + " (QEMU: " + said() + ")")
                .orElseGet(() -> "QEMU failed: " + said());
        String nextStep = known.map(Symptom.Meaning::nextStep).orElse("see " + log.file());
        return observations.resumedAt().isPresent()
                ? new VmmEnd.Exited(exitCode, cause, nextStep)
                : new VmmEnd.Refused(exitCode, cause, nextStep);
    }

    /** QEMU's own words in one line, without its name in front of each. */
    private String said() {
        String summary = log.tail()
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.replaceFirst("^[^ ]*qemu[^ ]*: ", ""))
                .limit(3)
                .collect(Collectors.joining(": "));
        if (summary.isEmpty()) {
            return "nothing was said";
        }
        return summary.length() <= LONGEST_SUMMARY ? summary : summary.substring(0, LONGEST_SUMMARY) + "...";
    }

    private static boolean has(LogFile file, Pattern words) {
        return file.firstMatch(words).isPresent();
    }
}
