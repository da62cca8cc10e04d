package dev.unikernel.vm;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * When a boot reached its phases, counted from the call of {@link VmLauncher#start}.
 *
 * @param reached the phases that were seen, in their order, with the time since the start
 */
public record Timeline(Map<BootPhase, Duration> reached) {

    public Timeline {
        Map<BootPhase, Duration> ordered = new EnumMap<>(BootPhase.class);
        ordered.putAll(reached);
        reached = Collections.unmodifiableMap(ordered);
    }

    /** When {@code phase} was reached; empty if it was not seen. */
    public Optional<Duration> at(BootPhase phase) {
        return Optional.ofNullable(reached.get(phase));
    }

    /** The last phase, in the order of phases, that was seen. */
    public Optional<BootPhase> last() {
        return reached.keySet().stream().reduce((earlier, later) -> later);
    }

    /** One line: {@code spawned 4 ms, vmmReady 11 ms, ready 33 ms}. */
    @Override
    public String toString() {
        return reached.entrySet().stream()
                .map(entry -> entry.getKey().label() + " " + entry.getValue().toMillis() + " ms")
                .collect(Collectors.joining(", "));
    }
}
