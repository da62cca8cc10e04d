package dev.unikernel.bench;

import java.time.Duration;
import java.util.List;

/** Times of the same thing, in milliseconds, in ascending order. */
record Samples(List<Double> sorted) {

    static Samples of(List<Duration> times) {
        return new Samples(
                times.stream().map(time -> time.toNanos() / 1e6).sorted().toList());
    }

    double median() {
        int count = sorted.size();
        return (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
    }

    /** The 99th percentile by the nearest rank: the slowest of fewer than 100. */
    double p99() {
        return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
    }
}
