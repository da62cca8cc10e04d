package dev.unikernel.demo;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs {@link DemoTest} under JUnit without a build tool around it. Exit status 0 if it passed. */
final class Demo {

    private Demo() {}

    public static void main(String... arguments) {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        try (LauncherSession session = LauncherFactory.openSession()) {
            session.getLauncher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(DemoTest.class))
                                    .build(),
                            summary);
        }
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true));
        boolean passed = summary.getSummary().getTestsSucceededCount() == 1;
        System.out.println(passed ? "JUnit: 1 test passed." : "JUnit: the test did not pass.");
        System.exit(passed ? 0 : 1);
    }
}
