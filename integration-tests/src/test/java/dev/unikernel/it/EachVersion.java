package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.unikernel.config.Keys;
import dev.unikernel.it.CloudHypervisors.Found;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Runs test classes with one Cloud Hypervisor, as their user does who names it in a setting. */
final class EachVersion {

    private static final String BINARY = Keys.CLOUD_HYPERVISOR_BINARY.name();

    private EachVersion() {}

    /** All that is selected passes; what is skipped as a whole, for what this machine lacks, is skipped here, too. */
    static void passes(Found found, DiscoverySelector... selected) {
        Events events = execute(found, selected);
        List<Throwable> failures = events.failed()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .toList();

        assertThat(failures).as("failures with " + found).isEmpty();
        events.skipped()
                .filter(event -> event.getTestDescriptor().isContainer())
                .forEach(event -> abort(event.getRequiredPayload(String.class)));
        assertThat(events.succeeded().filter(EachVersion::isTest))
                .as("tests with " + found)
                .isNotEmpty();
    }

    /** By a configuration parameter, and for those who use the plain API by a system property. */
    private static Events execute(Found found, DiscoverySelector... selected) {
        String path = found.binary().toString();
        String before = System.getProperty(BINARY);
        System.setProperty(BINARY, path);
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(selected)
                    .configurationParameter(BINARY, path)
                    .execute()
                    .allEvents();
        } finally {
            if (before == null) {
                System.clearProperty(BINARY);
            } else {
                System.setProperty(BINARY, before);
            }
        }
    }

    private static boolean isTest(Event event) {
        return event.getTestDescriptor().isTest();
    }
}
