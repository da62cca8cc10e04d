package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.fixtures.Stage;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.it.CloudHypervisors.Found;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends of guests and VMMs with each Cloud Hypervisor of this machine, and what the user is then told: the whole message. The
 * exit code says nothing of them: it is 0 after a power-off, after an error of a virtual CPU and after SIGTERM, and after a
 * triple fault there is none.
 */
@Tag("refusal")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class GuestEndsIT {

    private static final String MESSAGE = """
            KIND: VM 'vm' did not become ready: WHAT.
              awaited:  any HTTP status on / on port 8080, at most 30s
              reached:  PHASES
              DHCP:     SEEN
              VMM:      Cloud Hypervisor VERSION, tap TAP, SUBNET
              command:  VMM -v --cpus boot=1 --memory size=256M --console off --serial tty --kernel KERNEL --disk \
            path=FOLDER/disk0.raw,id=disk0 --net tap=TAP,mac=MAC,id=net0 --event-monitor path=FOLDER/events.json \
            --api-socket FOLDER/api.sock
              logs:     LOGS/serial.log
                        LOGS/vmm.log
              serial:   SERIAL
              Next: NEXT""";

    @TempDir
    Path folder;

    /** From 52 on Cloud Hypervisor says what it is. */
    @EachCloudHypervisor
    void tripleFaultAfterWhichTheGuestBootsAgain(Found vmm) throws IOException {
        boolean named = vmm.version().isAtLeast(new Version(52, 0));
        String failure = start(vmm).of(image().crashAt(Stage.DHCP).build()).failure();
        assertThat(failure.replaceAll("\\d DISCOVER, \\d OFFER", "N DISCOVER, N OFFER")
                        .replaceAll("the last \\d lines(\n    \\| \\[(entry|nic|dhcp)])+", "the guest's lines"))
                .isEqualTo(MESSAGE.replace("KIND", "GuestCrashed")
                        .replace(
                                "WHAT",
                                named
                                        ? "the guest crashed (triple fault); Cloud Hypervisor resets it and it boots again"
                                        : "the guest was reset and boots again")
                        .replace("PHASES", "discover at N ms  (spawned N ms, vmmReady N ms, nicUp N ms, discover N ms)")
                        .replace("SEEN", "N DISCOVER, N OFFER")
                        .replace("SERIAL", "the guest's lines")
                        .replace(
                                "NEXT",
                                named
                                        ? "read the end of the guest's serial log; a fault so early that nothing is printed is"
                                                + " mostly a kernel that was not built for this platform"
                                        : "read the end of the guest's serial log; if it restarts on purpose, make it power off"
                                                + " instead (Linux: without panic=-1)"));
    }

    /** The VMM's exit code is 0. */
    @EachCloudHypervisor
    void errorOfAVirtualCpu(Found vmm) throws IOException {
        assertThat(start(vmm).of(image().vcpuErrorAt(Stage.NIC).build()).failure())
                .isEqualTo(withDriverUp(
                        "GuestCrashed",
                        "a virtual CPU failed: the guest did something that this machine's KVM cannot run (InternalError)",
                        "read the end of the guest's serial log, and try unikernel.hypervisor=qemu to see whether it is the"
                                + " guest or this KVM"));
    }

    /** The VMM's exit code is 0. */
    @EachCloudHypervisor
    void powerOff(Found vmm) throws IOException {
        assertThat(start(vmm).of(image().exitAt(Stage.LEASED, 7).build()).failure())
                .isEqualTo(MESSAGE.replace("KIND", "ExitedEarly")
                        .replace("WHAT", "the guest powered off")
                        .replace(
                                "PHASES",
                                "leased at N ms  (spawned N ms, vmmReady N ms, nicUp N ms, discover N ms, leased N ms)")
                        .replace("SEEN", "1 DISCOVER, 1 OFFER, 1 REQUEST, 1 ACK")
                        .replace("SERIAL", """
                                the last 5 lines
                                    | [entry]
                                    | [nic]
                                    | [dhcp]
                                    | assigned: ADDRESS
                                    | exit 7""")
                        .replace("NEXT", "read the end of the guest's serial log: did its program end?"));
    }

    /** The VMM's exit code is 0. */
    @EachCloudHypervisor
    void sigtermFromOutside(Found vmm) throws IOException {
        assumeTrue(vmm.version().isAtLeast(new Version(38, 0)), "32.1 was seen to take no notice of a SIGTERM");
        assertThat(hanging(vmm).by("ended_by TERM").failure())
                .isEqualTo(
                        withDriverUp(
                                "ExitedEarly",
                                "Cloud Hypervisor ended without an error while the guest ran",
                                "did somebody stop it (SIGTERM or SIGINT), or did the guest power off? See the guest's serial log"));
    }

    @EachCloudHypervisor
    void sigkillFromOutside(Found vmm) throws IOException {
        assertThat(hanging(vmm).by("ended_by KILL").failure())
                .isEqualTo(withDriverUp(
                        "ExitedEarly",
                        "Cloud Hypervisor was killed by signal 9",
                        "did somebody kill it, or the kernel for want of memory? See dmesg"));
    }

    /** What the kernel sends for a call that the filter forbids; no version here is known to make one by itself. */
    @EachCloudHypervisor
    void signalOfTheSeccompFilter(Found vmm) throws IOException {
        assertThat(hanging(vmm).by("ended_by SYS").failure())
                .isEqualTo(withDriverUp(
                        "ExitedEarly",
                        "Cloud Hypervisor made a system call that its own seccomp filter forbids, and was killed (SIGSYS)",
                        "set hypervisorArgs = {\"--seccomp\", \"log\"}, and report the call to Cloud Hypervisor"));
    }

    private static String withDriverUp(String kind, String what, String next) {
        return MESSAGE.replace("KIND", kind)
                .replace("WHAT", what)
                .replace("PHASES", "nicUp at N ms  (spawned N ms, vmmReady N ms, nicUp N ms)")
                .replace("SEEN", "no message was seen")
                .replace("SERIAL", "the last 2 lines\n    | [entry]\n    | [nic]")
                .replace("NEXT", next);
    }

    private SpoiledStart hanging(Found vmm) {
        return start(vmm).of(image().hangAt(Stage.NIC).build());
    }

    private SpoiledStart start(Found vmm) {
        return new SpoiledStart(vmm, folder);
    }

    private static FixtureImage.Builder image() {
        return FixtureImage.builder();
    }
}
