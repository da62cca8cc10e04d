package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.unikernel.network.Subnet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a guest sends, it is either understood or refused in the codec's own words. */
class DhcpMessageFuzzTest {

    private static final long SEED = 20_311_997;
    private static final int ROUNDS = 200_000;

    private final Random random = new Random(SEED);
    private final List<byte[]> captures =
            Captures.NAMES.stream().map(Captures::bytes).toList();
    private final Subnet link = Subnet.parse("198.18.0.0/30");

    @Test
    void damagedMessagesAreUnderstoodOrRefusedAndNeverHalfRead() {
        int understood = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = damaged();
            Optional<DhcpMessage> message = parse(bytes);
            if (message.isPresent()) {
                understood++;
                check(message.get(), bytes);
            }
        }
        assertThat(understood).as("messages that were still understood").isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
    }

    @Test
    void randomBytesAreRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            assertThat(parse(bytes)).isEmpty();
        }
    }

    private void check(DhcpMessage message, byte[] bytes) {
        Binding binding = new Binding(message.chaddr(), link.host(2), link.host(1), link, Duration.ofDays(1));
        try {
            assertThat(DhcpMessage.parse(ByteBuffer.wrap(message.toBytes()))).isEqualTo(message);
            assertThat(message.summary()).contains(message.type().name());
            DhcpAnswer.to(message, binding)
                    .ifPresent(answer ->
                            DhcpMessage.parse(ByteBuffer.wrap(answer.message().toBytes())));
        } catch (RuntimeException | AssertionError failure) {
            fail("seed " + SEED + ": " + HexFormat.of().formatHex(bytes), failure);
        }
    }

    private static Optional<DhcpMessage> parse(byte[] bytes) {
        try {
            return Optional.of(DhcpMessage.parse(ByteBuffer.wrap(bytes)));
        } catch (DhcpFormatException refused) {
            assertThat(refused).hasMessageStartingWith("DHCP ");
            return Optional.empty();
        } catch (RuntimeException other) {
            return fail("seed " + SEED + ": " + HexFormat.of().formatHex(bytes), other);
        }
    }

    /** A capture with one to eight bytes changed, most of them among the options, and sometimes cut or prolonged. */
    private byte[] damaged() {
        byte[] bytes = captures.get(random.nextInt(captures.size())).clone();
        if (random.nextInt(4) == 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 64));
        }
        for (int changes = random.nextInt(8); changes >= 0 && bytes.length > 0; changes--) {
            int place = random.nextInt(5) == 0 || bytes.length <= 240
                    ? random.nextInt(bytes.length)
                    : 240 + random.nextInt(Math.min(60, bytes.length - 240));
            bytes[place] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
