package dev.unikernel.network;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The JVM inside of the namespace: runs one test method and tells the outcome by its exit code. */
final class NamespaceMain {

    static final int PASSED = 0;
    static final int FAILED = 1;
    static final int ABORTED = 77;

    private static final String INSIDE = "inside.own.namespace";

    private NamespaceMain() {}

    static boolean isInside() {
        return Boolean.getBoolean(INSIDE);
    }

    public static void main(String[] args) throws Exception {
        System.setProperty(INSIDE, "true");
        Shell.run("ip link set lo up");
        Class<?> testClass = Class.forName(args[0]);
        Method method = Arrays.stream(testClass.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(args[1]))
                .findFirst()
                .orElseThrow();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(testClass, method))
                                .build(),
                        summary,
                        new AbortReasons());
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true), 30);
        if (summary.getSummary().getTestsAbortedCount() > 0) {
            System.exit(ABORTED);
        }
        System.exit(summary.getSummary().getTestsSucceededCount() == 1 ? PASSED : FAILED);
    }

    /** The summary does not keep why a test was aborted. */
    private static final class AbortReasons implements TestExecutionListener {

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
                result.getThrowable().ifPresent(reason -> System.out.println(reason.getMessage()));
            }
        }
    }
}
