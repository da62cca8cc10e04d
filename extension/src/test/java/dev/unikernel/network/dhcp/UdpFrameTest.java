package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.MacAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpFrameTest {

    private static final InetSocketAddress FROM = new InetSocketAddress("198.18.0.1", 67);
    private static final InetSocketAddress TO = new InetSocketAddress("255.255.255.255", 68);

    @Test
    void theHeadersTellWhoSpokeToWhom() {
        ByteBuffer payload = ByteBuffer.wrap(new byte[] {9, 1, 2, 3}).position(1);

        ByteBuffer frame = frame(payload);

        assertThat(HexFormat.of().formatHex(frame.array(), 0, frame.limit()))
                .matches(
                        "ffffffffffff0200000000010800" // Ethernet
                                + "4500001f00000000" + "4011....c6120001ffffffff" // IPv4
                                + "00430044000b....010203"); // UDP
        assertThat(payload.remaining()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 299, 300, 1472})
    void bothChecksumsAreRight(int length) {
        byte[] payload = new byte[length];
        for (int index = 0; index < length; index++) {
            payload[index] = (byte) (index * 37);
        }
        ByteBuffer frame = frame(ByteBuffer.wrap(payload));

        assertThat(onesComplement(frame, 14, 34, 0)).isEqualTo(0xffff);
        assertThat(onesComplement(frame, 26, frame.limit(), 17 + 8 + length)).isEqualTo(0xffff);
    }

    private static ByteBuffer frame(ByteBuffer payload) {
        return UdpFrame.of(
                MacAddress.parse("02:00:00:00:00:01"), MacAddress.parse("ff:ff:ff:ff:ff:ff"), FROM, TO, payload);
    }

    /** Bit by bit as RFC 1071 says it: carries come back in at the low end. */
    private static int onesComplement(ByteBuffer bytes, int from, int end, int start) {
        int sum = start;
        for (int at = from; at < end; at++) {
            sum += (bytes.get(at) & 0xff) << ((at - from) % 2 == 0 ? 8 : 0);
            if (sum > 0xffff) {
                sum -= 0xffff;
            }
        }
        return sum;
    }
}
