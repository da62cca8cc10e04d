package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpAnswerTest {

    private static final Inet4Address NONE = Ipv4.of(0);
    private static final Inet4Address SERVER = Ipv4.parse("198.18.0.1");
    private static final Inet4Address GUEST = Ipv4.parse("198.18.0.2");
    private static final Inet4Address OTHER = Ipv4.parse("10.0.2.15");
    private static final Inet4Address BROADCAST = Ipv4.parse("255.255.255.255");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final Inet4Address RELAY = Ipv4.parse("198.18.8.9");
    private static final Binding ROOMY = new Binding(
            MAC, Ipv4.parse("198.18.8.2"), Ipv4.parse("198.18.8.1"), Subnet.parse("198.18.8.0/24"), Duration.ofDays(1));
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
                        new DhcpOption.Time(58, Duration.ofHours(12)),
                        new DhcpOption.Time(59, Duration.ofHours(21)),
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
                .containsExactly(
                        new DhcpOption.MessageType(Type.NAK),
                        new DhcpOption.Address(54, SERVER),
                        new DhcpOption.Raw(
                                56, "your address is 198.18.0.2, not 10.0.2.15".getBytes(StandardCharsets.US_ASCII)));
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
    @ValueSource(
            strings = {"10.0.2.15", "0.0.0.0", "8.8.8.8", "198.18.0.0", "198.18.0.1", "198.18.0.3", "255.255.255.255"})
    void nothingIsEverSentToAnAddressThatIsNoGuestsOnTheLink(String ciaddr) {
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

    @ParameterizedTest
    @ValueSource(strings = {"10.0.2.15", "198.18.8.0", "198.18.8.1", "198.18.8.255", "198.18.9.9", "255.255.255.255"})
    void aRelayThatIsNotOnTheLinkIsNotAnswered(String relay) {
        assertThat(DhcpAnswer.to(relayed(Type.DISCOVER, Ipv4.parse(relay)), ROOMY))
                .isEmpty();
    }

    @Test
    void aRelayOnTheLinkGetsTheAnswersAtTheServersPort() {
        DhcpOption.Raw circuit = new DhcpOption.Raw(82, new byte[] {1, 2, 7, 7});

        DhcpAnswer offer =
                DhcpAnswer.to(relayed(Type.DISCOVER, RELAY, circuit), ROOMY).orElseThrow();

        assertThat(offer.destination()).isEqualTo(RELAY);
        assertThat(offer.port()).isEqualTo(67);
        assertThat(offer.message().giaddr()).isEqualTo(RELAY);
        assertThat(offer.message().broadcast()).isFalse();
        assertThat(offer.message().options()).last().isEqualTo(circuit);
    }

    @Test
    void aRelayIsToldToBroadcastARefusal() {
        DhcpAnswer refusal = DhcpAnswer.to(relayed(Type.REQUEST, RELAY, wanted(OTHER)), ROOMY)
                .orElseThrow();

        assertThat(refusal.message().type()).isEqualTo(Type.NAK);
        assertThat(refusal.message().broadcast()).isTrue();
        assertThat(refusal.destination()).isEqualTo(RELAY);
    }

    @Test
    void whoComesByNoRelayIsAnsweredAtTheClientsPort() {
        assertThat(DhcpAnswer.to(request(Type.DISCOVER, NONE), BINDING)
                        .orElseThrow()
                        .port())
                .isEqualTo(68);
    }

    @ParameterizedTest
    @EnumSource(
            value = Type.class,
            names = {"DISCOVER", "REQUEST", "INFORM"})
    void theClientsIdentifierComesBackInEveryAnswer(Type type) {
        DhcpOption.Raw identifier = new DhcpOption.Raw(61, new byte[] {0, 'v', 'm'});

        for (Inet4Address ciaddr : List.of(NONE, GUEST, OTHER)) {
            assertThat(DhcpAnswer.to(request(type, ciaddr, identifier), BINDING)
                            .orElseThrow()
                            .message()
                            .options())
                    .contains(identifier);
        }
    }

    @Test
    void aNameServerIsToldIfThereIsOne() {
        Inet4Address nameServer = Ipv4.parse("10.0.2.3");
        Binding served =
                new Binding(MAC, GUEST, SERVER, BINDING.subnet(), BINDING.leaseTime(), Optional.of(nameServer));
        DhcpOption told = new DhcpOption.Addresses(DhcpOption.NAME_SERVERS, List.of(nameServer));
        DhcpMessage asks = request(Type.DISCOVER, NONE, new DhcpOption.Raw(55, new byte[] {1, 6}));
        DhcpMessage asksForOthers = request(Type.DISCOVER, NONE, new DhcpOption.Raw(55, new byte[] {1, 3}));

        assertThat(options(asks, served)).contains(told);
        assertThat(options(request(Type.DISCOVER, NONE), served)).contains(told);
        assertThat(options(asksForOthers, served)).doesNotContain(told);
        assertThat(codes(asks)).doesNotContain(DhcpOption.NAME_SERVERS);
    }

    private static List<DhcpOption> options(DhcpMessage request, Binding binding) {
        return DhcpAnswer.to(request, binding).orElseThrow().message().options();
    }

    @Test
    void whoListsWhatItWantsToKnowGetsThatInItsOrderAfterTheMask() {
        assertThat(codes(request(Type.DISCOVER, NONE, new DhcpOption.Raw(55, new byte[] {3, 6, 28, 3, 1, 0, -1}))))
                .containsExactly(53, 54, 51, 58, 59, 1, 3, 28);
        assertThat(codes(request(Type.DISCOVER, NONE, new DhcpOption.Raw(55, new byte[] {6}))))
                .containsExactly(53, 54, 51, 58, 59, 1);
        assertThat(codes(request(Type.INFORM, GUEST, new DhcpOption.Raw(55, new byte[] {3, 51}))))
                .containsExactly(53, 54, 1, 3);
        assertThat(codes(request(Type.DISCOVER, NONE, new DhcpOption.Raw(55, new byte[] {}))))
                .containsExactly(53, 54, 51, 58, 59, 1, 28, 3);
    }

    @ParameterizedTest
    @CsvSource({"4, 2, 3", "8, 4, 7", "86400, 43200, 75600", "4294967294, 2147483647, 3758096382"})
    void theTimesOfRenewalAndRebindingAreTold(long lease, long renewal, long rebinding) {
        Binding binding = new Binding(MAC, GUEST, SERVER, BINDING.subnet(), Duration.ofSeconds(lease));

        assertThat(DhcpAnswer.to(request(Type.REQUEST, GUEST), binding)
                        .orElseThrow()
                        .message()
                        .options())
                .contains(
                        new DhcpOption.Time(58, Duration.ofSeconds(renewal)),
                        new DhcpOption.Time(59, Duration.ofSeconds(rebinding)));
    }

    @Test
    void aLeaseThatIsTooShortForThemHasNoTimesOfRenewalAndRebinding() {
        Binding binding = new Binding(MAC, GUEST, SERVER, BINDING.subnet(), Duration.ofSeconds(3));

        assertThat(DhcpAnswer.to(request(Type.REQUEST, GUEST), binding)
                        .orElseThrow()
                        .message()
                        .options())
                .extracting(DhcpOption::code)
                .contains(51)
                .doesNotContain(58, 59);
    }

    /** What the option says counts the IP and UDP headers; nobody takes less than 576. */
    @ParameterizedTest
    @CsvSource({"'', 548", "0000, 548", "0240, 548", "0241, 549", "05dc, 1472", "ffff, 1472", "02, 548", "024000, 548"})
    void anAnswerIsNotLongerThanTheClientTakes(String option57, int longest) {
        DhcpOption.Raw identifier = new DhcpOption.Raw(61, new byte[240]);
        DhcpOption.Raw circuit = new DhcpOption.Raw(82, new byte[200]);
        DhcpMessage request = option57.isEmpty()
                ? request(Type.DISCOVER, NONE, identifier, circuit)
                : request(
                        Type.DISCOVER,
                        NONE,
                        identifier,
                        new DhcpOption.Raw(57, HexFormat.of().parseHex(option57)),
                        circuit);

        DhcpAnswer answer = DhcpAnswer.to(request, BINDING).orElseThrow();

        assertThat(answer.longest()).isEqualTo(longest);
        assertThat(answer.toBytes()).hasSizeLessThanOrEqualTo(longest);
        assertThat(answer.message().options()).contains(identifier, circuit);
        assertThat(DhcpMessage.parse(ByteBuffer.wrap(answer.toBytes()))).isEqualTo(answer.message());
    }

    @Test
    void whatDoesNotFitIsLeftOutWhole() {
        DhcpOption.Raw identifier = new DhcpOption.Raw(61, new byte[300]);
        DhcpOption.Raw circuit = new DhcpOption.Raw(82, new byte[300]);

        assertThat(codes(request(Type.DISCOVER, NONE, identifier, circuit)))
                .contains(61, 3)
                .doesNotContain(82);
        assertThat(codes(request(Type.DISCOVER, NONE, new DhcpOption.Raw(61, new byte[600]), circuit)))
                .contains(82, 3)
                .doesNotContain(61);
        assertThat(codes(request(
                        Type.DISCOVER,
                        NONE,
                        new DhcpOption.Raw(61, new byte[600]),
                        new DhcpOption.Raw(82, new byte[600]))))
                .contains(3)
                .doesNotContain(61, 82);
    }

    private static List<Integer> codes(DhcpMessage request) {
        return DhcpAnswer.to(request, BINDING).orElseThrow().message().options().stream()
                .map(DhcpOption::code)
                .toList();
    }

    private static DhcpMessage relayed(Type type, Inet4Address relay, DhcpOption... further) {
        List<DhcpOption> options = new ArrayList<>(List.of(new DhcpOption.MessageType(type)));
        options.addAll(List.of(further));
        return new DhcpMessage(DhcpMessage.Op.REQUEST, 1, false, NONE, NONE, NONE, relay, MAC, options);
    }

    @Test
    void realClientsGetTheirFourMessages() {
        for (String client : List.of("udhcpc", "udhcpc-options", "dhclient", "linux")) {
            Subnet subnet = Subnet.parse("10.0.2.0/24");
            DhcpMessage request = Captures.message(client + "-request");
            Inet4Address address = request.requestedAddress().orElseThrow();
            Inet4Address server = request.serverIdentifier().orElseThrow();
            Binding binding = new Binding(MAC, address, server, subnet, Duration.ofMinutes(10));

            assertThat(List.of("discover", "request"))
                    .extracting(kind -> DhcpAnswer.to(Captures.message(client + "-" + kind), binding)
                            .orElseThrow()
                            .message()
                            .summary())
                    .containsExactly(
                            "OFFER " + address.getHostAddress() + " from " + server.getHostAddress(),
                            "ACK " + address.getHostAddress() + " from " + server.getHostAddress());
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
