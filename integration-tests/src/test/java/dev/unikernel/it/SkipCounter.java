package dev.unikernel.it;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says in one line at the end how much was skipped and why: a skip must not look like a pass. */
public final class SkipCounter implements TestExecutionListener {

    private final Map<String, String> skipped = new ConcurrentHashMap<>();

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped.put(test.getDisplayName(), reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            skipped.put(
                    test.getLegacyReportingName(),
                    result.getThrowable().map(Throwable::getMessage).orElse("an assumption does not hold"));
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (!skipped.isEmpty()) {
            System.out.println("SKIPPED " + skipped.size() + " OF THE TESTS " + new TreeMap<>(skipped).keySet() + ": "
                    + skipped.values().iterator().next().replace('\n', ' '));
        }
    }
}
