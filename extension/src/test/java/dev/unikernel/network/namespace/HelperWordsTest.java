package dev.unikernel.network.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unikernel.network.BitRate;
import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelperWordsTest {

    static Stream<Order> orders() {
        return Stream.of(
                new Order.Attach(1, Optional.empty()),
                new Order.Attach(1, Optional.of("slirp0")),
                new Order.Join(1, 2047, Ipv4.parse("198.19.255.254"), Optional.empty()),
                new Order.Join(1, 2047, Ipv4.parse("198.19.255.254"), Optional.of("slirp1")),
                new Order.Watch(2, 65_535),
                new Order.Capture(3, Path.of("/a folder/of two  words/serial.log")),
                new Order.Spoil(3, LinkFaults.NONE),
                new Order.Spoil(
                        4, new LinkFaults(false, Duration.ofNanos(1), 33.3, Optional.of(BitRate.parse("10Gbit")))),
                new Order.Release(Integer.MAX_VALUE),
                new Order.Remove(0));
    }

    static Stream<Report> reports() {
        return Stream.of(
                new Report.Attached(
                        1,
                        MacAddress.parse("02:75:6b:00:00:01"),
                        "uk0001",
                        Ipv4.parse("198.18.0.6"),
                        "tap uk0001, 198.18.0.4/30"),
                new Report.Refused(2, "no tap could be made. Is there one?"),
                new Report.Spoilt(6, ""),
                new Report.Spoilt(7, "the kernel lacks it. Load it"),
                new Report.Saw(
                        3, new DhcpSighting(DhcpSighting.Type.OFFER, -5, "OFFER 198.18.0.2 from 198.18.0.1, to all")),
                new Report.Leased(4, Ipv4.parse("198.18.0.2"), Ipv4.parse("198.18.0.1"), Duration.ofDays(1)),
                new Report.Trouble(5, "The guest gave 198.18.0.2 back (RELEASE): did its DHCP client end?"),
                new Report.Accepts(6, 8080, Long.MIN_VALUE));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void anOrderIsUnderstood(Order order) {
        assertThat(Order.parse(order.toString())).isEqualTo(order);
    }

    @ParameterizedTest
    @MethodSource("reports")
    void aReportIsUnderstood(Report report) {
        assertThat(Report.parse(report.toString())).isEqualTo(report);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "attach", "attach 1 2", "unknown 1 2"})
    void whatIsNoReportIsRefused(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Report.parse(line))
                .withMessageContaining(line);
    }
}
