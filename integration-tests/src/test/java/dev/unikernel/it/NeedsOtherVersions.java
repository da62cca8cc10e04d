package dev.unikernel.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class or test where this machine has no Cloud Hypervisor besides that of the settings. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsOtherVersions.Found.class)
@interface NeedsOtherVersions {

    final class Found implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return CloudHypervisors.besidesThatOfTheSettings().isEmpty()
                    ? ConditionEvaluationResult.disabled("no Cloud Hypervisor of another version: there is no"
                            + " executable cloud-hypervisor-v* on PATH")
                    : ConditionEvaluationResult.enabled("there is a Cloud Hypervisor of another version");
        }
    }
}
