package dev.unikernel.it;

import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Busybox' udhcpc on Linux, which takes no lease for shorter than half a minute. Run by {@code bin/verify-all}. */
@Tag("soak")
@NeedsLinux
@LeavesNothing
class LinuxRenewalIT {

    @TempDir
    Path folder;

    @Test
    void linuxRenewsAndRebindsItsLease() throws Exception {
        VmSpec linux = VmSpec.builder()
                .kernel(Path.of(System.getProperty("linux.kernel")))
                .initramfs(Path.of(System.getProperty("linux.initramfs")))
                .cmdline(System.getProperty("linux.cmdline"))
                .build();
        try (ShortLease lease = new ShortLease(Duration.ofSeconds(40), folder)) {
            lease.isRenewedAndRebound(linux);
        }
    }
}
