package dev.unikernel.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Two ways to boot the same guest on the same hypervisor, measured in turn, so that what else the machine does meets both.
 *
 * @param name as it stands in the table
 * @param hypervisor name and version
 */
record Comparison(String name, String hypervisor, Samples ours, Samples theirs, Goal goal) {

    /** Lets what the last boot left to be done in the background come to its end. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    static Comparison of(String name, String hypervisor, Goal goal, int runs, Contestant ours, Contestant theirs) {
        List<Duration> our = new ArrayList<>();
        List<Duration> their = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            our.add(ours.run());
            LockSupport.parkNanos(PAUSE.toNanos());
            their.add(theirs.run());
        }
        return new Comparison(name, hypervisor, Samples.of(our), Samples.of(their), goal);
    }

    double difference() {
        return ours.median() - theirs.median();
    }

    double ratio() {
        return theirs.median() / ours.median();
    }

    int runs() {
        return ours.sorted().size();
    }

    static String heading() {
        return String.format(
                "%-20s %-24s %9s %9s %9s %9s %10s %6s %5s  %s",
                "name", "hypervisor", "ours", "p99", "theirs", "p99", "difference", "ratio", "runs", "goal");
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%-20s %-24s %9.2f %9.2f %9.2f %9.2f %+10.2f %6.2f %5d  %s: %s",
                name,
                hypervisor,
                ours.median(),
                ours.p99(),
                theirs.median(),
                theirs.p99(),
                difference(),
                ratio(),
                runs(),
                goal,
                goal.isMetBy(this) ? "met" : "MISSED");
    }

    /** Medians and 99th percentiles in milliseconds; ratio is theirs by ours, median by median. */
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"name\": \"%s\", \"hypervisor\": \"%s\", \"ours\": %.3f, \"oursP99\": %.3f, \"theirs\": %.3f,"
                        + " \"theirsP99\": %.3f, \"ratio\": %.3f, \"runs\": %d}",
                name,
                hypervisor,
                ours.median(),
                ours.p99(),
                theirs.median(),
                theirs.p99(),
                ratio(),
                runs());
    }
}
