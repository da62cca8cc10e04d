package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.hypervisor.Machine;
import dev.unikernel.hypervisor.Vmm;
import dev.unikernel.hypervisor.VmmEnd;
import dev.unikernel.hypervisor.cloudhypervisor.CloudHypervisor;
import dev.unikernel.it.CloudHypervisors.Found;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.TapNic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sizes of memory that no specification can ask for, or that our own checks refuse first: what each Cloud Hypervisor of this
 * machine says of them, and what we make of it.
 */
@Tag("refusal")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class MemoryRefusalsIT {

    private static final String TAP = "memory0";

    @TempDir
    Path folder;

    @BeforeEach
    void makeTap() throws Exception {
        ip("tuntap", "add", "dev", TAP, "mode", "tap");
    }

    @AfterEach
    void deleteTap() throws Exception {
        ip("link", "delete", TAP);
    }

    @EachCloudHypervisor
    void none(Found vmm) {
        assertThat(end(vmm, 0))
                .isEqualTo(new VmmEnd.Refused(
                        1,
                        "a guest cannot have 0M of memory (Cloud Hypervisor: "
                                + (speaksInChains(vmm)
                                        ? "Memory manager error: No memory zones found)"
                                        : "Error booting VM: VmBoot(MemoryManager(MissingMemoryZones)))"),
                        "give a memory size above 0"));
    }

    @EachCloudHypervisor
    void noWholePages(Found vmm) {
        assertThat(end(vmm, 1000))
                .isEqualTo(new VmmEnd.Refused(
                        1,
                        "1000 is no whole number of pages (Cloud Hypervisor: "
                                + (speaksInChains(vmm)
                                        ? "Memory manager error: Memory size is misaligned with default page size or its"
                                                + " hugepage size)"
                                        : "Error booting VM: VmBoot(MemoryManager(MisalignedMemorySize)))"),
                        "give a memory size in M"));
    }

    /** A panic; up to 45 what it does to print a backtrace is killed by the seccomp filter, so that the exit code may be 159. */
    @EachCloudHypervisor
    void tooLittleForTheTablesOfTheFirmware(Found vmm) {
        assertThat(end(vmm, 8 << 10)).isInstanceOfSatisfying(VmmEnd.Refused.class, end -> {
            assertThat(end.cause())
                    .isEqualTo("the guest does not fit into 8K of memory (Cloud Hypervisor: panic: "
                            + (speaksInChains(vmm)
                                    ? "Error writing RSDP: InvalidGuestAddress(GuestAddress(655360)): Failed to join on VMM"
                                            + " thread: Any { .. })"
                                    : "Error writing DSDT table: InvalidGuestAddress(GuestAddress(655396)))"));
            assertThat(end.nextStep())
                    .isEqualTo("give it more memory (annotation's memory), and check that the kernel is complete");
        });
    }

    private static boolean speaksInChains(Found vmm) {
        return vmm.version().major() >= 47;
    }

    private VmmEnd end(Found found, long memory) {
        Machine machine = new Machine(
                "vm",
                FixtureGuest.kernel(),
                Optional.empty(),
                "",
                memory,
                1,
                List.of(),
                new TapNic(MacAddress.parse("02:00:00:00:00:01"), TAP),
                List.of(),
                folder,
                folder);
        try (Vmm vmm = CloudHypervisor.at(found.binary()).start(machine)) {
            return Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(vmm::end, Optional::isPresent)
                    .orElseThrow();
        }
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
