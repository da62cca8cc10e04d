package dev.unikernel.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.unikernel.it.CloudHypervisors.Found;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;

/** What holds on the Cloud Hypervisor of the settings and might differ by version holds on each other one. */
@GuestTest
@Tag("kvm")
@NeedsOtherVersions
class EveryVersionIT {

    /** By each version's API: pause, resume, power button, counters; and the ends of a guest that was ready. */
    @ParameterizedTest
    @MethodSource("others")
    void runningVms(Found found) {
        EachVersion.passes(found, selectClass(RunningVmIT.class));
    }

    /** By each version's events, words and exit codes. */
    @ParameterizedTest
    @MethodSource("others")
    void endsBeforeReadiness(Found found) {
        EachVersion.passes(
                found,
                Stream.of(
                                "aTripleFaultEndsTheWaitAtOnce",
                                "aTripleFaultBeforeAnyDriverIsUpEndsTheWaitAtOnce",
                                "anErrorOfTheVirtualCpuIsACrash",
                                "aPowerOffBeforeReadinessEndsTheWaitAtOnce",
                                "anArgumentThatTheVmmDoesNotKnowIsARefusal",
                                "aGuestWithoutServerIsNotListening")
                        .map(method -> selectMethod(FailureKindsIT.class, method))
                        .toArray(DiscoverySelector[]::new));
    }

    @ParameterizedTest
    @MethodSource("others")
    void aKernelThatUsesAStackBeforeItHasSetOne(Found found) {
        EachVersion.passes(found, selectMethod(EntryStubIT.class, "aKernelThatUsesAStackBeforeItHasSetOneBoots"));
    }

    static List<Found> others() {
        return CloudHypervisors.besidesThatOfTheSettings();
    }
}
