package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.unikernel.fixtures.LinuxGuest;
import dev.unikernel.it.CloudHypervisors.Found;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.vm.Vm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users write, with each Cloud Hypervisor of this machine: {@link CloudHypervisors}. */
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
    @MethodSource("all")
    void linuxAsAnElfKernel(Found found) {
        EachVersion.passes(found, selectClass(VmlinuxTestCase.class));
    }

    /** As it is in /boot; before 39 no version takes it. */
    @ParameterizedTest
    @MethodSource("others")
    void linuxAsItIsInstalled(Found found) {
        assumeTrue(found.version().major() >= 39, found + " takes no bzImage");
        EachVersion.passes(found, selectClass(LinuxGuestIT.class));
    }

    @ParameterizedTest
    @MethodSource("others")
    void nanos(Found found) {
        EachVersion.passes(found, selectClass(NanosAnnotatedIT.class));
    }

    /** Below 53 Cloud Hypervisor ends with its guest; {@link NanosIT} itself has 53, where it does not. */
    @ParameterizedTest
    @MethodSource("newestOfTheOthers")
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

    @NeedsLinux
    @UnikernelVm(kernel = "${linux.vmlinux}", initramfs = "${linux.initramfs}", cmdline = "${linux.cmdline}")
    static class VmlinuxTestCase extends WebServerContract {

        VmlinuxTestCase() {
            super(LinuxGuest.PAGE);
        }
    }

    static List<Found> all() {
        return CloudHypervisors.all();
    }

    static List<Found> newestOfTheOthers() {
        return others().subList(others().size() - 1, others().size());
    }

    static List<Found> others() {
        return CloudHypervisors.besidesThatOfTheSettings();
    }
}
