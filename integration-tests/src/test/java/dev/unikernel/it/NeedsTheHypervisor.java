package dev.unikernel.it;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.config.WhenUnavailable;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class where the hypervisor that the settings ask for is not there, if the settings allow that. */
final class NeedsTheHypervisor implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Settings settings = Settings.of(context::getConfigurationParameter);
        if (settings.get(Keys.WHEN_UNAVAILABLE) != WhenUnavailable.SKIP) {
            return ConditionEvaluationResult.enabled("what is missing fails");
        }
        try {
            VmLauncher.create(settings)
                    .plan(VmSpec.builder().kernel(FixtureGuest.kernel()).build());
            return ConditionEvaluationResult.enabled("the hypervisor is there");
        } catch (VmStartException.PrerequisiteMissing e) {
            return ConditionEvaluationResult.disabled(e.getMessage());
        }
    }
}
