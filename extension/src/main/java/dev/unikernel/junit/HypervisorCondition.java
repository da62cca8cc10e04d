package dev.unikernel.junit;

import dev.unikernel.config.ConfigException;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.config.WhenUnavailable;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmStartException;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Whether this machine can run VMs. What was found out of it is kept for the life of the JVM, see {@code Host}. */
final class HypervisorCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String hypervisor = AnnotationSupport.findAnnotation(context.getElement(), EnabledIfHypervisorAvailable.class)
                .map(EnabledIfHypervisorAvailable::value)
                .orElse("");
        return evaluate(with(hypervisor, context), context);
    }

    /** Whether the settings want a skip where this machine lacks something, rather than a failure. */
    static boolean skipsWhatIsMissing(Settings settings) {
        return settings.get(Keys.WHEN_UNAVAILABLE) == WhenUnavailable.SKIP && !settings.get(Keys.REQUIRED);
    }

    /**
     * Skips where this machine cannot run VMs with these settings; the run's last line tells.
     *
     * @throws VmStartException.PrerequisiteMissing instead, where {@code unikernel.required} is {@code true}
     */
    static ConditionEvaluationResult evaluate(Settings settings, ExtensionContext context) {
        Optional<VmStartException.PrerequisiteMissing> missing =
                VmLauncher.create(settings).missing();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("this machine can run VMs");
        }
        if (settings.get(Keys.REQUIRED)) {
            throw missing.get();
        }
        RunSummary.skipped(context.getRequiredTestClass(), missing.get());
        return ConditionEvaluationResult.disabled(missing.get().getMessage());
    }

    private static Settings with(String hypervisor, ExtensionContext context) {
        Settings settings = Settings.of(name -> name.equals(Keys.HYPERVISOR.name()) && !hypervisor.isEmpty()
                ? Optional.of(hypervisor)
                : context.getConfigurationParameter(name));
        try {
            settings.get(Keys.HYPERVISOR);
            return settings;
        } catch (ConfigException e) {
            throw new ExtensionConfigurationException(
                    "@EnabledIfHypervisorAvailable of " + context.getDisplayName() + ": " + e.getMessage(), e);
        }
    }
}
