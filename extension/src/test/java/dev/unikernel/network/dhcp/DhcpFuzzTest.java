package dev.unikernel.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Whatever arrives, the server answers what it must, as it must, keeps silent else, and does not grow. {@code bin/verify-all}
 * says by the system property {@code dhcp.fuzz.packets} how often.
 */
class DhcpFuzzTest {

    private static final int PACKETS = Integer.getInteger("dhcp.fuzz.packets", 100_000);
    private static final long SEED = Long.getLong("dhcp.fuzz.seed", 6842);

    private static final int MOST_SIGHTINGS = 64;
    private static final int MOST_REPETITIONS = 6;
    private static final long HEAP_SLACK = 4 * 1024 * 1024;

    private final RandomDatagrams datagrams = new RandomDatagrams(SEED);
    private final List<Guest> guests = List.of(
            new Guest("198.18.0.0/30", 2, 86_400), new Guest("198.18.4.0/24", 77, 3), new Guest("10.0.0.0/8", 300, 4));
    private final Map<DhcpSighting.Type, Long> answers = new EnumMap<>(DhcpSighting.Type.class);

    private long time = System.nanoTime();
    private long understood;

    @Test
    void eachDatagramGetsTheAnswerThatTheRfcsWantAndNothingGrows() {
        int warmUp = PACKETS / 10;
        long started = System.nanoTime();
        for (int count = 0; count < warmUp; count++) {
            oneDatagram(count);
        }
        long before = heap();
        for (int count = warmUp; count < PACKETS; count++) {
            oneDatagram(count);
        }
        long after = heap();
        String summary = String.format(
                "dhcp-fuzz: %d packets, seed %d, in %d s: %d understood, answered with %s; heap %d KiB after a tenth, %d KiB at"
                        + " the end",
                PACKETS,
                SEED,
                (System.nanoTime() - started) / 1_000_000_000L,
                understood,
                answers,
                before >> 10,
                after >> 10);
        if (Integer.getInteger("dhcp.fuzz.packets") != null) {
            System.out.println(summary);
        }

        assertThat(after).as(summary).isLessThan(before + HEAP_SLACK);
        assertThat(understood).as("understood").isBetween(PACKETS / 4L, PACKETS * 9L / 10);
        assertThat(answers)
                .as("each kind of answer often enough")
                .containsOnlyKeys(DhcpSighting.Type.OFFER, DhcpSighting.Type.ACK, DhcpSighting.Type.NAK)
                .allSatisfy((type, number) -> assertThat(number).isGreaterThan(PACKETS / 200L));
    }

    private void oneDatagram(int count) {
        Guest guest = guests.get(count % guests.size());
        byte[] datagram = datagrams.next(guest.binding);
        time += 1_000_000;
        try {
            guest.takes(datagram);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "datagram " + count + " of seed " + SEED + " for " + guest.binding + ": "
                            + HexFormat.of().formatHex(datagram),
                    failure);
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private final class Guest {

        private final Binding binding;
        private final ReplyOracle oracle;
        private final ServedGuest served;
        private final List<DhcpAnswer> sent = new ArrayList<>();

        private Guest(String subnet, int host, long leaseSeconds) {
            Subnet link = Subnet.parse(subnet);
            binding = new Binding(
                    new MacAddress(0x02_00_00_00_00_01L + 256L * host),
                    link.host(host),
                    link.host(1),
                    link,
                    Duration.ofSeconds(leaseSeconds));
            oracle = new ReplyOracle(binding);
            served = new ServedGuest(binding, answer -> sent.add(answer), LinkLog.NONE);
        }

        private void takes(byte[] datagram) {
            byte[] copy = datagram.clone();
            sent.clear();
            served.handle(ByteBuffer.wrap(datagram), time);
            Optional<DhcpAnswer> answer = sent.stream().findFirst();
            require(sent.size() < 2, "at most one answer at once");
            oracle.judge(copy, answer);
            roundTrip(copy);
            answer.ifPresent(given -> {
                answers.merge(given.message().type(), 1L, Long::sum);
                repeats(given);
            });
            require(served.exchange().sightings().size() <= MOST_SIGHTINGS, "a bounded list of sightings");
            require(
                    served.exchange().lease().stream()
                            .allMatch(lease -> lease.address().equals(binding.address())),
                    "a lease of the guest's own address");
        }

        /** The codec and the second reader are of one mind on what is a message, and writing and reading change nothing. */
        private void roundTrip(byte[] datagram) {
            Optional<DhcpMessage> message = parse(datagram);
            require(message.isPresent() == RawMessage.of(datagram).isPresent(), "both readers of one mind");
            if (message.isPresent()) {
                understood++;
                require(
                        parse(message.get().toBytes()).equals(message),
                        "the same message after it is written and read");
            }
        }

        /** An offer is repeated while the guest is silent, but not for ever. */
        private void repeats(DhcpAnswer answer) {
            if (answers.getOrDefault(DhcpSighting.Type.OFFER, 0L) % 64 != 1) {
                return;
            }
            sent.clear();
            long later = time;
            for (int round = 0; round < 2 * MOST_REPETITIONS; round++) {
                later += 10_000_000_000L;
                served.repeatOffer(later);
            }
            boolean offered = answer.message().type() == DhcpSighting.Type.OFFER && answer.port() == 68;
            require(sent.size() == (offered ? MOST_REPETITIONS : 0), "repetitions of an offer only");
            require(sent.stream().allMatch(answer::equals), "the same offer each time");
        }
    }

    private static Optional<DhcpMessage> parse(byte[] datagram) {
        try {
            return Optional.of(DhcpMessage.parse(ByteBuffer.wrap(datagram)));
        } catch (DhcpFormatException refused) {
            return Optional.empty();
        }
    }

    private static void require(boolean fulfilled, String what) {
        if (!fulfilled) {
            throw new AssertionError("expected " + what);
        }
    }
}
