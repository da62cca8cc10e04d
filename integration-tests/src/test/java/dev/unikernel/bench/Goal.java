package dev.unikernel.bench;

/** What a comparison should show. */
sealed interface Goal {

    boolean isMetBy(Comparison comparison);

    /** We may be slower by that many milliseconds, median against median. */
    record AtMostSlowerBy(double milliseconds) implements Goal {
        @Override
        public boolean isMetBy(Comparison comparison) {
            return comparison.difference() <= milliseconds;
        }

        @Override
        public String toString() {
            return String.format("at most %+.1f ms", milliseconds);
        }
    }

    /** They take at least that many times as long, median against median. */
    record TimesFaster(double factor) implements Goal {
        @Override
        public boolean isMetBy(Comparison comparison) {
            return comparison.ratio() >= factor;
        }

        @Override
        public String toString() {
            return String.format("ratio at least %.1f", factor);
        }
    }
}
