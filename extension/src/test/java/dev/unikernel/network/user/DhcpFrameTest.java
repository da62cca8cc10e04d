package dev.unikernel.network.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.HexResource;
import dev.unikernel.network.dhcp.DhcpMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DhcpFrameTest {

    private final List<byte[]> frames = new ArrayList<>();

    DhcpFrameTest() {
        new PcapStream(frame -> {
                    byte[] bytes = new byte[frame.remaining()];
                    frame.get(bytes);
                    frames.add(bytes);
                })
                .take(ByteBuffer.wrap(HexResource.read(DhcpFrameTest.class, "qemu-user.pcap.hex")));
    }

    @Test
    void theFourMessagesAreFoundAmongTheNoise() {
        assertThat(frames.stream()
                        .flatMap(frame -> DhcpFrame.payload(ByteBuffer.wrap(frame)).stream())
                        .map(payload -> DhcpMessage.parse(payload).summary()))
                .containsExactly(
                        "DISCOVER from 02:00:00:00:00:01",
                        "OFFER 10.0.2.15 from 10.0.2.2",
                        "REQUEST 10.0.2.15 from 02:00:00:00:00:01",
                        "ACK 10.0.2.15 from 10.0.2.2");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another protocol than IP,   12, 0806",
        "IP of another version,      14, 65",
        "a header that is too short, 14, 44",
        "a header beyond the end,    14, 4f",
        "a later fragment,           20, 0001",
        "the first of fragments,     20, 2000",
        "another protocol than UDP,  23, 06",
        "another port of the sender, 34, 0045",
        "another port of the target, 36, 0045",
        "client to client,           36, 0044",
        "a length below the header,  38, 0007",
        "a length beyond the end,    38, 0135",
    })
    void whatIsNoWholeDhcpMessageIsPassedOver(String what, int offset, String hex) {
        byte[] frame = frames.get(2).clone();
        assertThat(DhcpFrame.payload(ByteBuffer.wrap(frame))).isPresent();

        byte[] patch = HexFormat.of().parseHex(hex);
        System.arraycopy(patch, 0, frame, offset, patch.length);

        assertThat(DhcpFrame.payload(ByteBuffer.wrap(frame))).as(what).isEmpty();
    }

    @Test
    void aFrameThatIsCutAnywhereIsPassedOver() {
        byte[] frame = frames.get(2);
        for (int length = 0; length < frame.length; length++) {
            assertThat(DhcpFrame.payload(ByteBuffer.wrap(Arrays.copyOf(frame, length))))
                    .as("%d of %d bytes", length, frame.length)
                    .isEmpty();
        }
    }

    @Test
    void ipOptionsAreSteppedOver() {
        byte[] frame = frames.get(2);
        ByteBuffer longer = ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 34)
                .putInt(0x01010101)
                .put(frame, 34, frame.length - 34)
                .put(14, (byte) 0x46)
                .flip();

        assertThat(DhcpFrame.payload(longer)).contains(ByteBuffer.wrap(frame, 42, frame.length - 42));
    }
}
