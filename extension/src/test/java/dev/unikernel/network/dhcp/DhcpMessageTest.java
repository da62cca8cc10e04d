package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpMessageTest {

    private static final int OPTIONS = 240;

    static final List<String> captures = Captures.NAMES;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    udhcpc-discover         | DISCOVER from 02:00:00:00:00:01
                    udhcpc-request          | REQUEST 10.0.2.10 from 02:00:00:00:00:01
                    udhcpc-options-discover | DISCOVER 10.0.2.15 from 02:00:00:00:00:01
                    udhcpc-options-request  | REQUEST 10.0.2.15 from 02:00:00:00:00:01
                    dhclient-discover       | DISCOVER from 02:00:00:00:00:01
                    dhclient-request        | REQUEST 10.0.2.10 from 02:00:00:00:00:01
                    linux-discover          | DISCOVER from 02:00:00:00:00:01
                    linux-request           | REQUEST 10.0.2.15 from 02:00:00:00:00:01
                    lwip-discover           | DISCOVER from 02:00:00:00:00:01
                    dhcpd-offer             | OFFER 10.0.2.10 from 10.0.2.1
                    dhcpd-ack               | ACK 10.0.2.10 from 10.0.2.1
                    qemu-offer              | OFFER 10.0.2.15 from 10.0.2.2
                    qemu-ack                | ACK 10.0.2.15 from 10.0.2.2
                    """)
    void messagesOfRealClientsAndServersAreUnderstood(String capture, String summary) {
        assertThat(Captures.message(capture).summary()).isEqualTo(summary);
    }

    @Test
    void aRequestTellsWhatItAsksOfWhom() {
        DhcpMessage request = Captures.message("udhcpc-request");

        assertThat(request.op()).isEqualTo(DhcpMessage.Op.REQUEST);
        assertThat(request.xid()).isEqualTo(0x38efac16);
        assertThat(request.broadcast()).isFalse();
        assertThat(request.chaddr()).isEqualTo(MacAddress.parse("02:00:00:00:00:01"));
        assertThat(request.type()).isEqualTo(Type.REQUEST);
        assertThat(request.requestedAddress()).contains(Ipv4.parse("10.0.2.10"));
        assertThat(request.serverIdentifier()).contains(Ipv4.parse("10.0.2.1"));
        assertThat(request.leaseTime()).isEmpty();
    }

    @Test
    void anAckTellsAddressServerAndTime() {
        DhcpMessage ack = Captures.message("qemu-ack");

        assertThat(ack.op()).isEqualTo(DhcpMessage.Op.REPLY);
        assertThat(ack.yiaddr()).isEqualTo(Ipv4.parse("10.0.2.15"));
        assertThat(ack.siaddr()).isEqualTo(Ipv4.parse("10.0.2.2"));
        assertThat(ack.serverIdentifier()).contains(Ipv4.parse("10.0.2.2"));
        assertThat(ack.leaseTime()).contains(Duration.ofDays(1));
    }

    @Test
    void theBroadcastFlagIsSeen() {
        assertThat(Captures.message("udhcpc-options-discover").broadcast()).isTrue();
    }

    @Test
    void optionsThatDecideNothingAreKeptAsBytes() {
        assertThat(Captures.message("lwip-discover").options())
                .containsExactly(
                        new DhcpOption.MessageType(Type.DISCOVER),
                        new DhcpOption.Raw(57, bytes("05b4")),
                        new DhcpOption.Raw(55, bytes("01031c06")));
    }

    @ParameterizedTest
    @FieldSource("captures")
    void writingAndReadingAgainChangesNothing(String capture) {
        DhcpMessage message = Captures.message(capture);

        assertThat(DhcpMessage.parse(ByteBuffer.wrap(message.toBytes()))).isEqualTo(message);
    }

    @Test
    void messagesAreNeverShorterThanBootpWants() {
        assertThat(Captures.message("lwip-discover").toBytes()).hasSize(300);
    }

    @ParameterizedTest
    @FieldSource("captures")
    void eachMessageThatIsCutInItsFixedPartSaysWhere(String capture) {
        byte[] whole = Captures.bytes(capture);
        for (int length = 0; length < OPTIONS; length++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
            assertThatThrownBy(() -> DhcpMessage.parse(cut))
                    .isInstanceOf(DhcpFormatException.class)
                    .hasMessageMatching(
                            "DHCP message is too short: .+ at offset \\d+ needs \\d+ bytes, but \\d+ remain");
        }
    }

    @Test
    void theErrorNamesFieldOffsetNeedAndRest() {
        assertThatThrownBy(() -> DhcpMessage.parse(ByteBuffer.wrap(new byte[] {1, 1, 6, 0, 1, 2})))
                .hasMessage("DHCP message is too short: xid at offset 4 needs 4 bytes, but 2 remain");
    }

    @Test
    void bytesInFrontOfTheBuffersPositionDoNotCount() {
        byte[] message = Captures.bytes("qemu-ack");
        ByteBuffer frame =
                ByteBuffer.allocate(42 + message.length).put(new byte[42]).put(message);

        assertThat(DhcpMessage.parse(frame.position(42))).isEqualTo(Captures.message("qemu-ack"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0   | 03       | DHCP field op at offset 0 must be 1 to 2, but was: 3
                    1   | 06       | DHCP field htype at offset 1 must be 1, but was: 6
                    2   | 10       | DHCP field hlen at offset 2 must be 6, but was: 16
                    236 | 63825364 | DHCP magic cookie at offset 236 must be 63825363, but was: 63825364
                    240 | 350109   | DHCP message type (option 53) at offset 242 must be 1 to 8, but was: 9
                    240 | 350100   | DHCP message type (option 53) at offset 242 must be 1 to 8, but was: 0
                    240 | 35020101ff | DHCP option 53 at offset 242 must have 1 byte, but has 2
                    240 | 3500ff     | DHCP option 53 at offset 242 must have 1 byte, but has 0
                    240 | 3203010203ff | DHCP option 50 at offset 242 must have 4 bytes, but has 3
                    240 | 36050102030405ff | DHCP option 54 at offset 242 must have 4 bytes, but has 5
                    240 | 3300ff     | DHCP option 51 at offset 242 must have 4 bytes, but has 0
                    240 | 0300ff     | DHCP option 3 at offset 242 must have 4 bytes or a multiple, but has 0
                    240 | 030501020304ff | DHCP option 3 at offset 242 must have 4 bytes or a multiple, but has 5
                    240 | 340201ff   | DHCP option 52 at offset 242 must have 1 byte, but has 2
                    240 | ff       | DHCP message type (option 53) is missing: this is BOOTP (Linux: ip=bootp), not DHCP (ip=dhcp)
                    """)
    void aFieldThatCannotBeSoIsNamed(int offset, String patch, String message) {
        byte[] bytes = Captures.bytes("lwip-discover");
        System.arraycopy(bytes(patch), 0, bytes, offset, patch.length() / 2);

        assertThatThrownBy(() -> DhcpMessage.parse(ByteBuffer.wrap(bytes)))
                .isInstanceOf(DhcpFormatException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    350101 3d        | length of option 61 at offset 244 needs 1 bytes, but 0 remain
                    350101 3d07 0102 | option 61 at offset 245 needs 7 bytes, but 2 remain
                    350101 3dff 00   | option 61 at offset 245 needs 255 bytes, but 1 remain
                    """)
    void anOptionThatRunsOverTheEndIsRefused(String options, String problem) {
        assertThatThrownBy(() -> withOptions(options))
                .isInstanceOf(DhcpFormatException.class)
                .hasMessage("DHCP message is too short: " + problem);
    }

    @Test
    void padsBetweenOptionsAndAMissingEndAreTolerated() {
        assertThat(withOptions("0000 350103 00 3204c6120002").summary())
                .isEqualTo("REQUEST 198.18.0.2 from 02:00:00:00:00:01");
    }

    @Test
    void nothingBehindTheEndOptionIsRead() {
        assertThat(withOptions("350101 ff 3204c6120002").requestedAddress()).isEmpty();
    }

    @Test
    void theLongestOptionFitsAndALongerOneIsSplit() {
        for (int length : new int[] {0, 1, 254, 255, 256, 510, 511}) {
            DhcpOption.Raw option = new DhcpOption.Raw(61, patterned(length));
            DhcpMessage message = withOption(Captures.message("lwip-discover"), option);

            assertThat(DhcpMessage.parse(ByteBuffer.wrap(message.toBytes())).options())
                    .as("option of %d bytes", length)
                    .contains(option);
        }
    }

    @Test
    void anOptionThatAppearsAgainContinuesItself() {
        assertThat(withOptions("350101 3d020102 3703010306 3d0103").options())
                .contains(new DhcpOption.Raw(61, bytes("010203")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void optionsGoOnInTheFieldsThatOption52Names(int overload) {
        byte[] bytes = Captures.bytes("lwip-discover");
        System.arraycopy(bytes("0c0173ff"), 0, bytes, 44, 4);
        System.arraycopy(bytes("0d0166ff"), 0, bytes, 108, 4);
        System.arraycopy(new byte[] {52, 1, (byte) overload, (byte) 255}, 0, bytes, 243, 4);

        List<DhcpOption> options = DhcpMessage.parse(ByteBuffer.wrap(bytes)).options();

        assertThat(options.contains(new DhcpOption.Raw(13, bytes("66")))).isEqualTo((overload & 1) != 0);
        assertThat(options.contains(new DhcpOption.Raw(12, bytes("73")))).isEqualTo((overload & 2) != 0);
        assertThat(options).extracting(DhcpOption::code).doesNotContain(52);
    }

    @Test
    void aMessageWithoutTypeCannotBeMade() {
        DhcpMessage message = Captures.message("lwip-discover");

        assertThatThrownBy(() -> new DhcpMessage(
                        message.op(),
                        message.xid(),
                        message.broadcast(),
                        message.ciaddr(),
                        message.yiaddr(),
                        message.siaddr(),
                        message.giaddr(),
                        message.chaddr(),
                        List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("option 53");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 52, 53, 55, 255})
    void anOptionThatCannotStandThereOrStandsThereAlreadyIsRefused(int code) {
        DhcpMessage message = withOption(Captures.message("lwip-discover"), new DhcpOption.Raw(55, bytes("01")));
        List<DhcpOption> options = new ArrayList<>(message.options());
        options.add(new DhcpOption.Raw(code, bytes("01")));

        assertThatThrownBy(() -> new DhcpMessage(
                        message.op(),
                        message.xid(),
                        message.broadcast(),
                        message.ciaddr(),
                        message.yiaddr(),
                        message.siaddr(),
                        message.giaddr(),
                        message.chaddr(),
                        options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("different numbers from 1 to 254 and not 52", "Raw[code=" + code);
    }

    @Test
    void aMessageThatHasToBeShorterUsesTheOtherFields() {
        DhcpOption.Raw option = new DhcpOption.Raw(61, patterned(120));
        DhcpMessage message = withOption(Captures.message("lwip-discover"), option);

        byte[] bytes = message.toBytes(300);

        assertThat(bytes).hasSize(300);
        assertThat(DhcpMessage.parse(ByteBuffer.wrap(bytes))).isEqualTo(message);
        assertThat(Arrays.copyOfRange(bytes, OPTIONS, OPTIONS + 6)).isEqualTo(bytes("340101350101"));
        assertThat(Arrays.copyOfRange(bytes, 108, 110)).as("file").isEqualTo(bytes("3d78"));
        assertThat(Arrays.copyOfRange(bytes, 44, 108)).as("sname").isEqualTo(new byte[64]);
    }

    @Test
    void aMessageThatDoesNotFitIsNotCut() {
        DhcpMessage message = withOption(Captures.message("lwip-discover"), new DhcpOption.Raw(61, patterned(400)));

        assertThat(message.fits(548)).isTrue();
        assertThat(message.fits(300)).isFalse();
        assertThatThrownBy(() -> message.toBytes(300))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("DISCOVER from 02:00:00:00:00:01 does not fit in 300 bytes");
    }

    @Test
    void aLeaseForEverSurvivesTheRoundTrip() {
        DhcpOption forEver = new DhcpOption.Time(DhcpOption.LEASE_TIME, Duration.ofSeconds(0xffffffffL));

        DhcpMessage message = withOption(Captures.message("lwip-discover"), forEver);

        assertThat(DhcpMessage.parse(ByteBuffer.wrap(message.toBytes())).leaseTime())
                .contains(Duration.ofSeconds(0xffffffffL));
    }

    private static DhcpMessage withOptions(String hex) {
        byte[] fixed = Arrays.copyOf(Captures.bytes("lwip-discover"), OPTIONS);
        byte[] options = bytes(hex.replace(" ", ""));
        return DhcpMessage.parse(ByteBuffer.allocate(OPTIONS + options.length)
                .put(fixed)
                .put(options)
                .flip());
    }

    private static DhcpMessage withOption(DhcpMessage message, DhcpOption option) {
        return new DhcpMessage(
                message.op(),
                message.xid(),
                message.broadcast(),
                message.ciaddr(),
                message.yiaddr(),
                message.siaddr(),
                message.giaddr(),
                message.chaddr(),
                List.of(new DhcpOption.MessageType(message.type()), option));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] patterned(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        return bytes;
    }
}
