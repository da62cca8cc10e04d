package dev.unikernel.it;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that takes T1 and T2 by the second. */
@DhcpTest
@LeavesNothing
class RenewalIT {

    @TempDir
    Path folder;

    @Test
    void theFixtureGuestRenewsAndRebindsItsLease() throws Exception {
        try (ShortLease lease = new ShortLease(Duration.ofSeconds(8), folder)) {
            lease.isRenewedAndRebound(
                    Guests.fixture(Guests.image().build(), folder).build());
        }
    }
}
