package dev.unikernel.network.tap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.Subnet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakenSubnetsTest {

    private static final String HEAD =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

    @Test
    void routesAreReadAsTheKernelPrintsThem() {
        assertThat(TakenSubnets.routes(List.of(
                        HEAD,
                        "uk0000\t000012C6\t00000000\t0001\t0\t0\t0\tFCFFFFFF\t0\t0\t0   ",
                        "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
                        "tun0\t010012C6\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0")))
                .containsExactly(
                        Subnet.parse("198.18.0.0/30"), Subnet.parse("172.17.0.0/16"), Subnet.parse("198.18.0.1/32"));
    }

    @Test
    void routesToTheRestOfTheWorldTakeNothing() {
        assertThat(TakenSubnets.routes(List.of(
                        HEAD,
                        "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                        "vpn0\t00000080\t0100A8C0\t0003\t0\t0\t100\t00000080\t0\t0\t0",
                        "vpn0\t000000C0\t0100A8C0\t0003\t0\t0\t100\t000000FE\t0\t0\t0")))
                .isEmpty();
    }

    @Test
    void aRouteToExactlyOurRangeTakesIt() {
        assertThat(TakenSubnets.routes(List.of(HEAD, "utun\t000012C6\t00000000\t0001\t0\t0\t0\t0000FEFF\t0\t0\t0")))
                .containsExactly(LinkPool.ADDRESSES);
    }

    @Test
    void anEmptyTableIsEmpty() {
        assertThat(TakenSubnets.routes(List.of(HEAD))).isEmpty();
    }

    @Test
    void theLoopbackOfThisMachineIsSeen() {
        assertThat(TakenSubnets.now()).contains(Subnet.parse("127.0.0.1/32"));
    }
}
