package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpAnswerTest {

    private static final Inet4Address NONE = Ipv4.of(0);
    private static final Inet4Address SERVER = Ipv4.parse("198.18.0.1");
    private static final Inet4Address GUEST = Ipv4.parse("198.18.0.2");
    private static final Inet4Address OTHER = Ipv4.parse("10.0.2.15");
    private static final Inet4Address BROADCAST = Ipv4.parse("255.255.255.255");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final Binding BINDING =
            new Binding(MAC, GUEST, SERVER, Subnet.parse("198.18.0.0/30"), Duration.ofDays(1));

    @Test
    void discoverGetsAnOfferWithAllThatAGuestNeeds() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.DISCOVER, NONE), BINDING).orElseThrow();

        assertThat(answer.destination()).isEqualTo(BROADCAST);
        DhcpMessage offer = answer.message();
        assertThat(offer.op()).isEqualTo(DhcpMessage.Op.REPLY);
        assertThat(offer.xid()).isEqualTo(0x01020304);
        assertThat(offer.broadcast()).isTrue();
        assertThat(offer.chaddr()).isEqualTo(MAC);
        assertThat(offer.yiaddr()).isEqualTo(GUEST);
        assertThat(offer.ciaddr()).isEqualTo(NONE);
        assertThat(offer.options())
                .containsExactly(
                        new DhcpOption.MessageType(Type.OFFER),
                        new DhcpOption.Address(54, SERVER),
                        new DhcpOption.Time(51, Duration.ofDays(1)),
                        new DhcpOption.Address(1, Ipv4.parse("255.255.255.252")),
                        new DhcpOption.Address(28, Ipv4.parse("198.18.0.3")),
                        new DhcpOption.Addresses(3, List.of(SERVER)));
    }

    @Test
    void offerCarriesServerIdentifier() {
        assertThat(DhcpAnswer.to(request(Type.DISCOVER, NONE), BINDING)
                        .orElseThrow()
                        .message()
                        .serverIdentifier())
                .contains(SERVER);
    }

    @Test
    void aWishInTheDiscoverDoesNotChangeTheOffer() {
        assertThat(DhcpAnswer.to(request(Type.DISCOVER, NONE, wanted(OTHER)), BINDING)
                        .orElseThrow()
                        .message()
                        .yiaddr())
                .isEqualTo(GUEST);
    }

    @Test
    void whoChoosesOurOfferGetsAnAck() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.REQUEST, NONE, wanted(GUEST), server(SERVER)), BINDING)
                .orElseThrow();

        assertThat(answer.message().type()).isEqualTo(Type.ACK);
        assertThat(answer.message().yiaddr()).isEqualTo(GUEST);
        assertThat(answer.message().leaseTime()).contains(Duration.ofDays(1));
        assertThat(answer.destination()).isEqualTo(BROADCAST);
    }

    @Test
    void whoChoosesAnotherServerHearsNothing() {
        assertThat(DhcpAnswer.to(request(Type.REQUEST, NONE, wanted(GUEST), server(OTHER)), BINDING))
                .isEmpty();
    }

    @Test
    void aRebootedGuestWithItsOldAddressGetsAnAck() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.REQUEST, NONE, wanted(GUEST)), BINDING)
                .orElseThrow();

        assertThat(answer.message().type()).isEqualTo(Type.ACK);
        assertThat(answer.destination()).isEqualTo(BROADCAST);
    }

    @Test
    void aRebootedGuestWithAnAddressFromElsewhereIsRefused() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.REQUEST, NONE, wanted(OTHER)), BINDING)
                .orElseThrow();

        assertThat(answer.destination()).isEqualTo(BROADCAST);
        assertThat(answer.message().yiaddr()).isEqualTo(NONE);
        assertThat(answer.message().options())
                .containsExactly(new DhcpOption.MessageType(Type.NAK), new DhcpOption.Address(54, SERVER));
    }

    @Test
    void aRenewalIsAcknowledgedToTheGuestsAddress() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.REQUEST, GUEST), BINDING).orElseThrow();

        assertThat(answer.message().type()).isEqualTo(Type.ACK);
        assertThat(answer.message().ciaddr()).isEqualTo(GUEST);
        assertThat(answer.message().yiaddr()).isEqualTo(GUEST);
        assertThat(answer.destination()).isEqualTo(GUEST);
    }

    @Test
    void aRenewalOfAnAddressFromElsewhereIsRefusedByBroadcast() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.REQUEST, OTHER), BINDING).orElseThrow();

        assertThat(answer.message().type()).isEqualTo(Type.NAK);
        assertThat(answer.destination()).isEqualTo(BROADCAST);
    }

    @Test
    void aRequestThatAsksForNothingIsRefused() {
        assertThat(DhcpAnswer.to(request(Type.REQUEST, NONE, server(SERVER)), BINDING)
                        .orElseThrow()
                        .message()
                        .type())
                .isEqualTo(Type.NAK);
    }

    @Test
    void informGetsTheLinksOptionsButNoAddressAndNoTime() {
        DhcpAnswer answer = DhcpAnswer.to(request(Type.INFORM, GUEST), BINDING).orElseThrow();

        assertThat(answer.destination()).isEqualTo(GUEST);
        assertThat(answer.message().type()).isEqualTo(Type.ACK);
        assertThat(answer.message().yiaddr()).isEqualTo(NONE);
        assertThat(answer.message().leaseTime()).isEmpty();
        assertThat(answer.message().options()).extracting(DhcpOption::code).containsExactly(53, 54, 1, 28, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.2.15", "0.0.0.0", "8.8.8.8"})
    void nothingIsEverSentToAnAddressOutsideOfTheLink(String ciaddr) {
        assertThat(DhcpAnswer.to(request(Type.INFORM, Ipv4.parse(ciaddr)), BINDING)
                        .orElseThrow()
                        .destination())
                .isEqualTo(BROADCAST);
        assertThat(DhcpAnswer.to(request(Type.REQUEST, Ipv4.parse(ciaddr), wanted(GUEST)), BINDING)
                        .orElseThrow()
                        .destination())
                .isEqualTo(BROADCAST);
    }

    @ParameterizedTest
    @EnumSource(
            value = Type.class,
            names = {"DECLINE", "RELEASE", "OFFER", "ACK", "NAK"})
    void otherTypesGetNoAnswer(Type type) {
        assertThat(DhcpAnswer.to(request(type, GUEST), BINDING)).isEmpty();
    }

    @Test
    void aReplyIsNotAnswered() {
        DhcpMessage offer = DhcpAnswer.to(request(Type.DISCOVER, NONE), BINDING)
                .orElseThrow()
                .message();

        assertThat(DhcpAnswer.to(offer, BINDING)).isEmpty();
    }

    @Test
    void anotherGuestsMessageIsNotAnswered() {
        Binding another = new Binding(
                MacAddress.parse("02:00:00:00:00:02"), GUEST, SERVER, BINDING.subnet(), BINDING.leaseTime());

        assertThat(DhcpAnswer.to(request(Type.DISCOVER, NONE), another)).isEmpty();
    }

    @Test
    void aRelayedMessageIsNotAnswered() {
        assertThat(DhcpAnswer.to(
                        new DhcpMessage(
                                DhcpMessage.Op.REQUEST,
                                1,
                                false,
                                NONE,
                                NONE,
                                NONE,
                                OTHER,
                                MAC,
                                List.of(new DhcpOption.MessageType(Type.DISCOVER))),
                        BINDING))
                .isEmpty();
    }

    @Test
    void realClientsGetTheirFourMessages() {
        for (String client : List.of("udhcpc", "udhcpc-options", "dhclient")) {
            Subnet subnet = Subnet.parse("10.0.2.0/24");
            Inet4Address address =
                    Captures.message(client + "-request").requestedAddress().orElseThrow();
            Binding binding = new Binding(MAC, address, subnet.host(1), subnet, Duration.ofMinutes(10));

            assertThat(List.of("discover", "request"))
                    .extracting(kind -> DhcpAnswer.to(Captures.message(client + "-" + kind), binding)
                            .orElseThrow()
                            .message()
                            .summary())
                    .containsExactly(
                            "OFFER " + address.getHostAddress() + " from 10.0.2.1",
                            "ACK " + address.getHostAddress() + " from 10.0.2.1");
        }
    }

    private static DhcpMessage request(Type type, Inet4Address ciaddr, DhcpOption... further) {
        List<DhcpOption> options = new ArrayList<>(List.of(new DhcpOption.MessageType(type)));
        options.addAll(List.of(further));
        return new DhcpMessage(DhcpMessage.Op.REQUEST, 0x01020304, true, ciaddr, NONE, NONE, NONE, MAC, options);
    }

    private static DhcpOption wanted(Inet4Address address) {
        return new DhcpOption.Address(DhcpOption.REQUESTED_ADDRESS, address);
    }

    private static DhcpOption server(Inet4Address address) {
        return new DhcpOption.Address(DhcpOption.SERVER_IDENTIFIER, address);
    }
}
