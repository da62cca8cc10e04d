package dev.unikernel.network.dhcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DhcpExchangeTest {

    private static final Inet4Address ADDRESS = Ipv4.parse("198.18.0.2");
    private static final Inet4Address SERVER = Ipv4.parse("198.18.0.1");
    private static final Binding BINDING = new Binding(
            MacAddress.parse("02:00:00:00:00:01"), ADDRESS, SERVER, Subnet.parse("198.18.0.0/30"), Duration.ofDays(1));

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

    @Test
    void aRenewedLeaseCountsFromItsFirstAcknowledgement() {
        sawAck(4);
        sawAck(9);

        assertThat(exchange.leasedAt()).hasValue(4);
        assertThat(exchange.nextStep()).isEmpty();
    }

    @Test
    void anAddressThatIsGivenBackIsNoLease() {
        sawAck(4);
        exchange.saw(fromGuest(Type.RELEASE, ADDRESS, server(SERVER)), 5);

        assertThat(exchange.lease()).isEmpty();
        assertThat(exchange.leasedAt()).isEmpty();
        assertThat(exchange.nextStep()).contains("The guest gave 198.18.0.2 back (RELEASE): did its DHCP client end?");

        sawAck(9);

        assertThat(exchange.lease()).isPresent();
        assertThat(exchange.leasedAt()).hasValue(9);
        assertThat(exchange.nextStep()).isEmpty();
    }

    @Test
    void anAddressThatIsDeclinedIsNoLeaseAndTheGuestsReasonIsTold() {
        sawAck(4);
        exchange.saw(
                fromGuest(
                        Type.DECLINE,
                        Ipv4.of(0),
                        server(SERVER),
                        new DhcpOption.Address(50, ADDRESS),
                        new DhcpOption.Raw(56, "in\u0007 use\n".getBytes(UTF_8))),
                5);

        assertThat(exchange.lease()).isEmpty();
        assertThat(exchange.nextStep().orElseThrow())
                .startsWith(
                        "The guest declined 198.18.0.2 (DECLINE: 'in  use'), because something on its link answers");
    }

    @ParameterizedTest
    @CsvSource({"198.18.0.9, 198.18.0.1", "198.18.0.2, 10.0.2.1"})
    void whatIsGivenBackToAnotherServerOrIsAnotherAddressChangesNothing(String address, String server) {
        sawAck(4);

        exchange.saw(fromGuest(Type.RELEASE, Ipv4.parse(address), server(Ipv4.parse(server))), 5);

        assertThat(exchange.lease()).isPresent();
        assertThat(exchange.nextStep()).isEmpty();
    }

    @Test
    void aRefusalEndsALeaseAndIsTold() {
        sawAck(4);
        DhcpMessage request = fromGuest(Type.REQUEST, Ipv4.parse("10.0.2.15"));
        exchange.saw(request, 5);
        exchange.saw(DhcpAnswer.to(request, BINDING).orElseThrow().message(), 6);

        assertThat(exchange.lease()).isEmpty();
        assertThat(exchange.nextStep().orElseThrow())
                .contains("was refused (NAK: 'your address is 198.18.0.2, not 10.0.2.15')", "does its image bring");
    }

    @Test
    void aGuestThatWasNotUnderstoodIsNotCalledSilent() {
        exchange.sawMalformed(new DhcpFormatException("DHCP field op at offset 0 must be 1 to 2, but was: 3"));

        assertThat(exchange.nextStep().orElseThrow())
                .contains("was not understood: DHCP field op at offset 0 must be 1 to 2, but was: 3.");
    }

    @Test
    void aGuestThatAsksByBootpIsToldToAskByDhcp() {
        DhcpFormatException problem =
                catchThrowableOfType(DhcpFormatException.class, () -> Captures.message("linux-bootp"));

        exchange.sawMalformed(problem);

        assertThat(exchange.nextStep().orElseThrow()).contains("this is BOOTP (Linux: ip=bootp), not DHCP (ip=dhcp)");
    }

    private void sawAck(long nanoTime) {
        exchange.saw(
                DhcpAnswer.to(fromGuest(Type.REQUEST, ADDRESS), BINDING)
                        .orElseThrow()
                        .message(),
                nanoTime);
    }

    private static DhcpMessage fromGuest(Type type, Inet4Address ciaddr, DhcpOption... further) {
        List<DhcpOption> options = new ArrayList<>(List.of(new DhcpOption.MessageType(type)));
        options.addAll(List.of(further));
        return new DhcpMessage(
                DhcpMessage.Op.REQUEST, 1, false, ciaddr, Ipv4.of(0), Ipv4.of(0), Ipv4.of(0), BINDING.mac(), options);
    }

    private static DhcpOption server(Inet4Address address) {
        return new DhcpOption.Address(54, address);
    }
}
