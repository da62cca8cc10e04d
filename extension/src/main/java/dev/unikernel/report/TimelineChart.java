package dev.unikernel.report;

import dev.unikernel.vm.BootPhase;
import dev.unikernel.vm.Timeline;
import dev.unikernel.vm.Vm;
import java.time.Duration;
import java.util.Map;

/** A boot as a picture in text: a line for each phase, with a bar from the phase before it. */
public final class TimelineChart {

    private static final int WIDTH = 48;

    private TimelineChart() {}

    /** The chart of {@code vm}'s boot, with its hypervisor above and its address below; lines end with {@code \n}. */
    public static String of(Vm vm) {
        return "VM '" + vm.name() + "' on " + vm.hypervisor() + "\n" + of(vm.timeline()) + "  at        " + vm.uri()
                + "\n";
    }

    static String of(Timeline timeline) {
        double longest = timeline.reached().values().stream()
                .mapToLong(Duration::toNanos)
                .max()
                .orElse(1);
        StringBuilder chart = new StringBuilder();
        int from = 0;
        for (Map.Entry<BootPhase, Duration> phase : timeline.reached().entrySet()) {
            int to = (int) Math.round(phase.getValue().toNanos() / longest * WIDTH);
            chart.append(String.format(
                    "  %-9s %5d ms  %s%s\n",
                    phase.getKey().label(),
                    phase.getValue().toMillis(),
                    " ".repeat(from),
                    "#".repeat(Math.max(1, to - from))));
            from = Math.max(from, to);
        }
        return chart.toString();
    }
}
