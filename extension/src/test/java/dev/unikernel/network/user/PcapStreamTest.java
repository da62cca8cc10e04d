package dev.unikernel.network.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.HexResource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcapStreamTest {

    private static final int MICROSECONDS = 0xa1b2c3d4;

    private final List<byte[]> frames = new ArrayList<>();
    private final PcapStream stream = new PcapStream(frame -> {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        frames.add(bytes);
    });

    @Test
    void aCaptureOfQemuIsTakenApart() {
        stream.take(ByteBuffer.wrap(recorded()));

        assertThat(frames).extracting(frame -> frame.length).containsExactly(90, 90, 342, 590, 342, 590);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 1_000})
    void theSizeOfThePiecesDoesNotMatter(int size) {
        byte[] capture = recorded();
        for (int start = 0; start < capture.length; start += size) {
            stream.take(ByteBuffer.wrap(capture, start, Math.min(size, capture.length - start)));
        }

        assertThat(frames).extracting(frame -> frame.length).containsExactly(90, 90, 342, 590, 342, 590);
    }

    @ParameterizedTest
    @CsvSource({"a1b2c3d4, true", "a1b2c3d4, false", "a1b23c4d, true", "a1b23c4d, false"})
    void bothByteOrdersAndBothClocksAreRead(String magic, boolean littleEndian) {
        ByteOrder order = littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;

        stream.take(header(order, Integer.parseUnsignedInt(magic, 16), 1));
        stream.take(record(order, 3));

        assertThat(frames).containsExactly(new byte[] {0, 1, 2});
    }

    @Test
    void anEmptyFrameIsPassedOver() {
        stream.take(header(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 1));
        stream.take(record(ByteOrder.LITTLE_ENDIAN, 0));
        stream.take(record(ByteOrder.LITTLE_ENDIAN, 1));

        assertThat(frames).containsExactly(new byte[] {0});
    }

    @ParameterizedTest
    @ValueSource(ints = {PcapStream.KEPT_LENGTH, PcapStream.KEPT_LENGTH + 1, 65_536, 1 << 20})
    void aLongFrameIsCutAndTheNextOneFound(int length) {
        stream.take(header(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 1));
        for (int count = 0; count < 3; count++) {
            stream.take(record(ByteOrder.LITTLE_ENDIAN, length));
            stream.take(record(ByteOrder.LITTLE_ENDIAN, 2));
        }

        assertThat(frames)
                .extracting(frame -> frame.length)
                .containsExactly(PcapStream.KEPT_LENGTH, 2, PcapStream.KEPT_LENGTH, 2, PcapStream.KEPT_LENGTH, 2);
    }

    @Test
    void anIncompleteFrameIsNotPassedOn() {
        byte[] capture = recorded();

        stream.take(ByteBuffer.wrap(capture, 0, 24 + 16 + 89));

        assertThat(frames).isEmpty();
    }

    @Test
    void whatIsNoCaptureIsRefused() {
        assertThatThrownBy(() -> stream.take(header(ByteOrder.LITTLE_ENDIAN, 0x0a0d0d0a, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a1b2c3d4");
    }

    @Test
    void aCaptureOfAnotherKindOfLinkIsRefused() {
        assertThatThrownBy(() -> stream.take(header(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 113)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the captured link must be Ethernet (1), but was: 113");
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) + 1, -1, Integer.MIN_VALUE})
    void aLengthThatNoFrameHasIsRefused(int length) {
        stream.take(header(ByteOrder.LITTLE_ENDIAN, MICROSECONDS, 1));
        ByteBuffer record =
                ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt(8, length);

        assertThatThrownBy(() -> stream.take(record))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toUnsignedString(length));
    }

    @Test
    void damagedCapturesAreReadOrRefused() {
        Random random = new Random(4_711);
        int passedOn = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] capture = recorded();
            for (int change = 0; change < 4; change++) {
                capture[random.nextInt(capture.length)] = (byte) random.nextInt(256);
            }
            List<Integer> lengths = new ArrayList<>();
            PcapStream damaged = new PcapStream(frame -> {
                lengths.add(frame.remaining());
                DhcpFrame.payload(frame);
            });
            try {
                damaged.take(ByteBuffer.wrap(capture));
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageMatching("(a captured frame|a capture begins|the captured link).*");
            }
            passedOn += lengths.size();
        }
        assertThat(passedOn).isGreaterThan(20_000);
    }

    private static byte[] recorded() {
        return HexResource.read(PcapStreamTest.class, "qemu-user.pcap.hex");
    }

    private static ByteBuffer header(ByteOrder order, int magic, int linkType) {
        return ByteBuffer.allocate(24)
                .order(order)
                .putInt(magic)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65_536)
                .putInt(linkType)
                .flip();
    }

    private static ByteBuffer record(ByteOrder order, int length) {
        ByteBuffer record = ByteBuffer.allocate(16 + length).order(order);
        record.putLong(0).putInt(length).putInt(length);
        while (record.hasRemaining()) {
            record.put((byte) (record.position() - 16));
        }
        return record.flip();
    }
}
