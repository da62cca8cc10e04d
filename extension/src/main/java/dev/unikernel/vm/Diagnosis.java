package dev.unikernel.vm;

import dev.unikernel.host.Probe;
import dev.unikernel.vm.Decision.Pair;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a doctor found out about a machine, fit to be shown to strangers.
 *
 * @param pair the pair that a VM would get; empty if none can be started
 * @param verdict which pair that is and why, or why there is none
 */
record Diagnosis(
        Software software,
        Machine machine,
        List<Finding> findings,
        List<Program> hypervisors,
        List<Setting> settings,
        List<Candidate> candidates,
        Optional<Pair> pair,
        String verdict) {

    /** What runs here; {@code kernel} is its release, as uname(1) tells it. */
    record Software(
            String unikernelJunit, String java, String javaVendor, String system, String kernel, String architecture) {}

    /**
     * What it runs on.
     *
     * @param memory in bytes, all that there is
     * @param availableMemory in bytes, what new processes could get now
     * @param virtualization the processor's flag, {@code vmx} or {@code svm}
     * @param container what runs the container that this is in
     */
    record Machine(
            int processors,
            OptionalLong memory,
            OptionalLong availableMemory,
            Optional<String> virtualization,
            Optional<String> container) {}

    record Finding(String name, Probe probe) {}

    record Program(String name, Optional<String> binary, Probe probe) {}

    /**
     * A setting that is not the default.
     *
     * @param error what is wrong with it
     */
    record Setting(String key, String value, String origin, Optional<String> error) {}

    /** A pair; {@code wanted} if the settings allow it to be taken. */
    record Candidate(Pair pair, boolean wanted, Probe probe) {}

    boolean canStart() {
        return pair.isPresent();
    }
}
