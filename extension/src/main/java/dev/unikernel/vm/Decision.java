package dev.unikernel.vm;

import dev.unikernel.host.Probe;
import dev.unikernel.hypervisor.HypervisorKind;
import dev.unikernel.network.NetworkMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which pair of hypervisor and network, and why that.
 *
 * @param wanted what the settings left to choose from
 * @param passedBy what would have been preferred, and what this machine lacks for it
 */
record Decision(Pair pair, Wanted wanted, List<PassedBy> passedBy) {

    record Pair(HypervisorKind kind, NetworkMode mode) {
        @Override
        public String toString() {
            return kind.title() + " with network '" + mode.key() + "'";
        }
    }

    record PassedBy(Pair pair, Probe.Missing missing) {
        @Override
        public String toString() {
            return pair + ": " + missing;
        }
    }

    Decision {
        passedBy = List.copyOf(passedBy);
    }

    /** Why it is not Cloud Hypervisor although the settings leave the choice to us. */
    Optional<String> fallback() {
        if (!wanted.anyHypervisor() || pair.kind() == HypervisorKind.CLOUD_HYPERVISOR) {
            return Optional.empty();
        }
        Map<Probe.Missing, List<Pair>> reasons = reasons(HypervisorKind.CLOUD_HYPERVISOR);
        if (reasons.size() == 1) {
            return reasons.keySet().stream().map(Probe.Missing::toString).findFirst();
        }
        return Optional.of(reasons.entrySet().stream()
                        .map(entry -> "with " + networks(entry.getValue()) + ": " + entry.getKey())
                        .collect(Collectors.joining(" ")))
                .filter(text -> !text.isEmpty());
    }

    /** As {@link #inWords}; empty if nothing was left to choose. */
    Optional<String> explanation() {
        return wanted.leavesAChoice() ? Optional.of(inWords()) : Optional.empty();
    }

    /** What the user can do for Cloud Hypervisor to be taken; empty if it is, or is not wanted. */
    Optional<String> remedies() {
        return fallback().map(any -> reasons(HypervisorKind.CLOUD_HYPERVISOR).keySet().stream()
                .map(Probe.Missing::fix)
                .distinct()
                .collect(Collectors.joining(" Or: ")));
    }

    /** As {@link #explanation}, as a further line of a failure's text. */
    String inFailures() {
        return explanation().map(words -> "\n  chosen:   " + words).orElse("");
    }

    /** The pair, by which settings, and why not one that would have been preferred, in one line. */
    String inWords() {
        StringBuilder text = new StringBuilder(pair + " (" + wanted.settings() + ")");
        for (HypervisorKind kind : HypervisorKind.values()) {
            reasons(kind).forEach((missing, pairs) -> text.append("; not ")
                    .append(kind.title())
                    .append(" with ")
                    .append(networks(pairs))
                    .append(", as ")
                    .append(missing.reason()));
        }
        return text.toString();
    }

    /** Pairs often lack the same. */
    private Map<Probe.Missing, List<Pair>> reasons(HypervisorKind kind) {
        Map<Probe.Missing, List<Pair>> reasons = new LinkedHashMap<>();
        passedBy.stream().filter(each -> each.pair().kind() == kind).forEach(each -> reasons.computeIfAbsent(
                        each.missing(), missing -> new ArrayList<>())
                .add(each.pair()));
        return reasons;
    }

    private static String networks(List<Pair> pairs) {
        return "network "
                + pairs.stream().map(pair -> "'" + pair.mode().key() + "'").collect(Collectors.joining(" or "));
    }
}
