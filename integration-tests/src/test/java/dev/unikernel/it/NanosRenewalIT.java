package dev.unikernel.it;

import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nanos, whose lwIP counts leases in minutes. Run by {@code bin/verify-all}. */
@Tag("soak")
@NeedsNanos
@LeavesNothing
class NanosRenewalIT {

    @TempDir
    Path folder;

    @Test
    void nanosRenewsAndRebindsItsLease() throws Exception {
        VmSpec nanos = VmSpec.builder()
                .kernel(NeedsNanos.Found.kernel())
                .image(NeedsNanos.Found.image())
                .build();
        // T1, T2 and the end are after one, two and three of its minutes.
        try (ShortLease lease = new ShortLease(Duration.ofSeconds(150), folder)) {
            lease.isRenewedAndRebound(nanos);
        }
    }
}
