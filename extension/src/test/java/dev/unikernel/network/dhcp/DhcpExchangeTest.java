package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DhcpExchangeTest {

    private final DhcpExchange exchange = new DhcpExchange();

    @Test
    void nothingIsKnownBeforeAnythingIsSeen() {
        assertThat(exchange.lease()).isEmpty();
        assertThat(exchange.sightings()).isEmpty();
    }

    @Test
    void anOfferIsNotALease() {
        exchange.saw(Captures.message("udhcpc-discover"), 1);
        exchange.saw(Captures.message("dhcpd-offer"), 2);
        exchange.saw(Captures.message("udhcpc-request"), 3);

        assertThat(exchange.lease()).isEmpty();
        assertThat(exchange.sightings())
                .containsExactly(
                        new DhcpSighting(Type.DISCOVER, 1, "DISCOVER from 02:00:00:00:00:01"),
                        new DhcpSighting(Type.OFFER, 2, "OFFER 10.0.2.10 from 10.0.2.1"),
                        new DhcpSighting(Type.REQUEST, 3, "REQUEST 10.0.2.10 from 02:00:00:00:00:01"));
    }

    @Test
    void theAckIsTheLease() {
        exchange.saw(Captures.message("qemu-ack"), 4);

        assertThat(exchange.lease())
                .contains(new Lease(
                        MacAddress.parse("02:00:00:00:00:01"),
                        Ipv4.parse("10.0.2.15"),
                        Ipv4.parse("10.0.2.2"),
                        Duration.ofDays(1)));
    }

    @Test
    void theAnswerToAnInformIsNotALease() {
        Subnet link = Subnet.parse("198.18.0.0/30");
        MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        DhcpMessage inform = new DhcpMessage(
                DhcpMessage.Op.REQUEST,
                1,
                false,
                link.host(2),
                Ipv4.of(0),
                Ipv4.of(0),
                Ipv4.of(0),
                mac,
                List.of(new DhcpOption.MessageType(Type.INFORM)));
        DhcpMessage ack = DhcpAnswer.to(inform, new Binding(mac, link.host(2), link.host(1), link, Duration.ofDays(1)))
                .orElseThrow()
                .message();

        exchange.saw(ack, 1);

        assertThat(exchange.sightings()).extracting(DhcpSighting::text).containsExactly("ACK from 198.18.0.1");
        assertThat(exchange.lease()).isEmpty();
    }

    @Test
    void aGuestThatAsksForEverLeavesItsFirstAndItsLastMessages() {
        for (int time = 0; time < 10_000; time++) {
            exchange.saw(Captures.message("udhcpc-discover"), time);
        }

        assertThat(exchange.sightings()).hasSize(64);
        assertThat(exchange.sightings().get(0).nanoTime()).isZero();
        assertThat(exchange.sightings().get(31).nanoTime()).isEqualTo(31);
        assertThat(exchange.sightings().get(32).nanoTime()).isEqualTo(9_968);
        assertThat(exchange.sightings().get(63).nanoTime()).isEqualTo(9_999);
    }
}
