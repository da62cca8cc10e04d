package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.unikernel.config.Keys;
import dev.unikernel.it.CloudHypervisors.Found;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What users write, with each Cloud Hypervisor besides that of the settings. */
@GuestTest
@Tag("kvm")
@NeedsOtherVersions
@LeavesNothing
class CloudHypervisorVersionsIT {

    @UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
    static class FixtureTestCase {

        @Test
        void answersAtTheInjectedAddress(@VmAddress URI uri) throws Exception {
            assertThat(Http.get(uri).body()).startsWith("Hello from the fixture unikernel");
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void fixtureBootsByTheAnnotation(Found found) {
        run(found, FixtureTestCase.class);
    }

    static List<Found> versions() {
        return CloudHypervisors.besidesThatOfTheSettings();
    }

    private static void run(Found found, Class<?> testCase) {
        Events events = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testCase))
                .configurationParameter(
                        Keys.CLOUD_HYPERVISOR_BINARY.name(), found.binary().toString())
                .execute()
                .allEvents();

        assertThat(events.finished().map(event -> event.getRequiredPayload(TestExecutionResult.class)))
                .as(found + ", " + testCase.getSimpleName())
                .isNotEmpty()
                .allSatisfy(result -> assertThat(result.getThrowable()).isEmpty());
        assertThat(events.skipped().list()).isEmpty();
    }
}
