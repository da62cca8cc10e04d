package dev.unikernel.junit;

import dev.unikernel.config.Settings;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Warns of JUnit configuration parameters {@code unikernel.*} that are no settings; only the launcher can list them. */
public final class UnknownParameters implements TestExecutionListener {

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Settings.warnOfUnknownParameters(plan.getConfigurationParameters().keySet());
    }
}
