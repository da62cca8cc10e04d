package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.unikernel.it.CloudHypervisors.Found;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.vm.Vm;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users write, with each Cloud Hypervisor besides that of the settings: {@link CloudHypervisors}. */
@GuestTest
@Tag("kvm")
@NeedsOtherVersions
class CloudHypervisorVersionsIT {

    @ParameterizedTest
    @MethodSource("others")
    void theFixtureWithTwoDisks(Found found) {
        EachVersion.passes(found, selectClass(FixtureTestCase.class));
    }

    @ParameterizedTest
    @MethodSource("others")
    void linuxAsAnElfKernel(Found found) {
        EachVersion.passes(found, selectClass(LinuxElfIT.class));
    }

    /** As a bzImage, which no version before 39 takes. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("othersFrom39On")
    void linuxAsItIsInstalled(Found found) {
        EachVersion.passes(found, selectClass(LinuxGuestIT.class));
    }

    @ParameterizedTest
    @MethodSource("others")
    void nanos(Found found) {
        EachVersion.passes(found, selectClass(NanosAnnotatedIT.class));
    }

    /** Below 53 Cloud Hypervisor ends with its guest; {@link NanosIT} itself has 53, where it does not. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("newestBelow53")
    void endsOfNanos(Found found) {
        EachVersion.passes(
                found,
                selectMethod(NanosIT.class, "anExitCodeIsTold"),
                selectMethod(NanosIT.class, "theExitCodeOfAProgramThatServedIsTold"),
                selectMethod(NanosIT.class, "theSignalThatEndedAProgramThatServedIsTold"),
                selectMethod(NanosIT.class, "thePowerButtonEndsTheProgram"));
    }

    @UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE, extraDisks = Guests.IMAGE)
    static class FixtureTestCase extends WebServerContract {

        FixtureTestCase() {
            super("Hello from the fixture unikernel");
        }

        @Test
        void itsDevicesAreCounted(Vm vm) {
            assertThat(vm.counters().disks()).containsOnlyKeys("disk0", "disk1");
            assertThat(vm.counters().nic("net0").sentFrames()).isPositive();
        }

        @Test
        void itStandsStillAndGoesOn(Vm vm) throws Exception {
            vm.pause();
            assertThat(vm.isPaused()).isTrue();
            vm.resume();
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
        }
    }

    static List<Found> othersFrom39On() {
        return others().stream().filter(found -> found.version().major() >= 39).toList();
    }

    static Stream<Found> newestBelow53() {
        List<Found> older =
                others().stream().filter(found -> found.version().major() < 53).toList();
        return older.stream().skip(Math.max(0, older.size() - 1));
    }

    static List<Found> others() {
        return CloudHypervisors.besidesThatOfTheSettings();
    }
}
