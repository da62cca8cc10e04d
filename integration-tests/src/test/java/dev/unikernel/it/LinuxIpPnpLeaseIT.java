package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Linux kernel's {@code ip=dhcp}, of which nothing runs any more once the kernel has an address. */
@DhcpTest
@NeedsIpPnp
@LeavesNothing
class LinuxIpPnpLeaseIT {

    @TempDir
    Path folder;

    @Test
    void theKernelKeepsItsAddressBeyondItsLeaseWithoutAsking() throws Exception {
        try (ShortLease lease = new ShortLease(Duration.ofSeconds(4), folder)) {
            lease.isKeptInSilence(LinuxIpPnpIT.linux("ip=dhcp").build());
        }
    }

    /** What is older than DHCP and knows no leases; QEMU's user network answers it. */
    @Test
    void aKernelThatAsksByBootpIsToldToAskByDhcp() {
        VmSpec linux = LinuxIpPnpIT.linux("ip=bootp")
                .startupTimeout(Duration.ofSeconds(5))
                .build();

        assertThatThrownBy(() -> VmLauncher.create().start(linux))
                .isInstanceOf(VmStartException.NoLease.class)
                .hasMessageContaining("\n  DHCP:     no message was seen\n")
                .hasMessageContaining("this is BOOTP (Linux: ip=bootp), not DHCP (ip=dhcp)");
    }
}
