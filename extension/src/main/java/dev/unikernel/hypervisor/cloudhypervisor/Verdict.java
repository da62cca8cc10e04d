package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.LogFile;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.Symptom;
import dev.unikernel.hypervisor.VmmEnd;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Finds out from events, log and exit code how a guest or its VMM ended.
 *
 * <p>The exit code says little: it is 0 after a power-off, a vCPU error, a panic of a device's thread, and SIGTERM. A
 * guest that triple-faults does not end the process at all: it is reset and boots again.
 */
record Verdict(Machine machine, Observations observations, LogFile log) {

    static final Pattern VCPU_ERROR = Pattern.compile("VCPU generated error");
    static final Pattern TRIPLE_FAULT = Pattern.compile("Guest likely triple-faulted");
    static final Pattern POWER_OFF = Pattern.compile("ACPI Shutdown signalled");
    private static final Pattern SECCOMP = Pattern.compile("Possible seccomp violation");
    private static final Pattern WORKER_DEATH = Pattern.compile("thread panicked|Error running worker");
    private static final int SIGNALS = 128;
    private static final int SIGSYS = 31;

    /** @param exitCode of the process if it has ended */
    Optional<VmmEnd> on(OptionalInt exitCode) {
        if (observations.guestWasReset()) {
            return Optional.of(reset());
        }
        if (observations.guestPanicked()) {
            return Optional.of(
                    new VmmEnd.GuestCrashed("the guest reported a panic", "read the end of the guest's serial log"));
        }
        if (has(VCPU_ERROR)) {
            return Optional.of(vcpuError());
        }
        return exitCode.isEmpty() ? Optional.empty() : Optional.of(ended(exitCode.getAsInt()));
    }

    private VmmEnd reset() {
        return has(TRIPLE_FAULT)
                ? new VmmEnd.GuestCrashed(
                        "the guest crashed (triple fault); Cloud Hypervisor resets it and it boots again",
                        "read the end of the guest's serial log; a fault so early that nothing is printed is mostly a"
                                + " kernel that was not built for this platform")
                : new VmmEnd.GuestCrashed(
                        "the guest was reset and boots again",
                        "read the end of the guest's serial log; if it restarts on purpose, make it power off instead"
                                + " (Linux: without panic=-1)");
    }

    private VmmEnd vcpuError() {
        Symptom.Meaning meaning = Symptom.explain(Symptoms.OF_GUESTS, log.tail(), machine)
                .orElseThrow(() -> new IllegalStateException("the last row of the table fits everything"));
        return new VmmEnd.GuestCrashed(meaning.cause(), meaning.nextStep());
    }

    private VmmEnd ended(int exitCode) {
        Said said = Said.in(log.tail());
        boolean sigsys = has(SECCOMP) || exitCode == SIGNALS + SIGSYS;
        if (sigsys && !said.isPanic()) {
            return new VmmEnd.Killed(
                    SIGSYS,
                    "Cloud Hypervisor made a system call that its own seccomp filter forbids, and was killed (SIGSYS)",
                    "set hypervisorArgs = {\"--seccomp\", \"log\"}, and report the call to Cloud Hypervisor");
        }
        // What a panic does to print its backtrace is forbidden, too, up to v45.
        if (exitCode > SIGNALS && !sigsys) {
            return new VmmEnd.Killed(
                    exitCode - SIGNALS,
                    "Cloud Hypervisor was killed by signal " + (exitCode - SIGNALS),
                    exitCode == SIGNALS + 9
                            ? "did somebody kill it, or the kernel for want of memory? See dmesg"
                            : "see the end of " + log.file());
        }
        if (exitCode == 0) {
            return endedWithoutError(said);
        }
        Symptom.Meaning meaning = Symptom.explain(Symptoms.OF_REFUSALS, said.text(), machine)
                .map(known -> new Symptom.Meaning(
                        known.cause() + " (Cloud Hypervisor: " + said.summary() + ")", known.nextStep()))
                .orElseGet(() -> new Symptom.Meaning(
                        "Cloud Hypervisor failed: " + said.summary(), "see the end of " + log.file()));
        return observations.guestWasStarted()
                ? new VmmEnd.Exited(exitCode, meaning.cause(), meaning.nextStep())
                : new VmmEnd.Refused(exitCode, meaning.cause(), meaning.nextStep());
    }

    private VmmEnd endedWithoutError(Said said) {
        if (has(WORKER_DEATH)) {
            return new VmmEnd.Exited(
                    0,
                    "a thread of Cloud Hypervisor died: " + said.summary(),
                    "see the end of " + log.file() + ", and report it to Cloud Hypervisor");
        }
        if (has(POWER_OFF)) {
            return new VmmEnd.PoweredOff(
                    "the guest powered off", "read the end of the guest's serial log: did its program end?");
        }
        return observations.guestWasStarted()
                ? new VmmEnd.Exited(
                        0,
                        "Cloud Hypervisor ended without an error while the guest ran",
                        "did somebody stop it (SIGTERM or SIGINT), or did the guest power off? See the guest's serial"
                                + " log")
                : new VmmEnd.Exited(
                        0,
                        "Cloud Hypervisor ended without an error before it started the guest",
                        "see the end of " + log.file());
    }

    private boolean has(Pattern words) {
        return log.firstMatch(words).isPresent();
    }
}
