package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmExit;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that listens to its power button. */
@GuestTest
@NeedsLinux
@LeavesNothing
@Timeout(180)
class LinuxPowerOffIT {

    @Test
    void endsByThePowerButton() {
        VmSpec linux = VmSpec.builder()
                .kernel(Path.of(System.getProperty("linux.kernel")))
                .initramfs(Path.of(System.getProperty("linux.initramfs")))
                .cmdline(System.getProperty("linux.cmdline"))
                .build();
        try (Vm vm = VmLauncher.create().start(linux)) {
            assertThat(vm.powerOff(Duration.ofSeconds(60))).containsInstanceOf(VmExit.PoweredOff.class);
            assertThat(vm.isRunning()).isFalse();
            assertThat(vm.exit().orElseThrow().cause()).isEqualTo("the guest powered off");
        }
    }
}
