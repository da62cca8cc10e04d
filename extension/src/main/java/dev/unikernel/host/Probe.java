package dev.unikernel.host;

import java.util.Optional;
import java.util.function.Supplier;

/** Whether this machine has something that a guest needs. */
public sealed interface Probe {

    /** It is there. */
    record Available(String what) implements Probe {

        @Override
        public Optional<Missing> missing() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /**
     * It is not there.
     *
     * @param reason what was found, as a clause without a full stop
     * @param fix what the user can do, as one or more whole sentences
     */
    record Missing(String reason, String fix) implements Probe {

        @Override
        public Optional<Missing> missing() {
            return Optional.of(this);
        }

        /** Reason and fix in one line. */
        @Override
        public String toString() {
            return reason + ". " + fix;
        }
    }

    Optional<Missing> missing();

    default boolean isAvailable() {
        return missing().isEmpty();
    }

    /** This probe if something is missing, else the next: for a chain of needs, the first that fails rules. */
    default Probe and(Supplier<Probe> next) {
        return isAvailable() ? next.get() : this;
    }
}
