package dev.unikernel.it;

import dev.unikernel.config.Settings;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the class where there is no Nanos: the environment variables {@code NANOS_KERNEL} and {@code NANOS_IMAGE} name a
 * kernel.img and an image, made by OPS or mkfs, whose program serves HTTP on port 8080.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNanos.Found.class)
@interface NeedsNanos {

    final class Found implements ExecutionCondition {

        static Path kernel() {
            return Path.of(System.getenv("NANOS_KERNEL"));
        }

        static Path image() {
            return Path.of(System.getenv("NANOS_IMAGE"));
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return unset("NANOS_KERNEL")
                    .or(() -> unset("NANOS_IMAGE"))
                    .or(() -> HardwareKvm.incapacity("Nanos", Settings.of(context::getConfigurationParameter)))
                    .map(ConditionEvaluationResult::disabled)
                    .orElseGet(() -> ConditionEvaluationResult.enabled("Nanos can boot here"));
        }

        private static Optional<String> unset(String variable) {
            return System.getenv(variable) == null
                    ? Optional.of("no Nanos: the environment variable " + variable + " names none")
                    : Optional.empty();
        }
    }
}
