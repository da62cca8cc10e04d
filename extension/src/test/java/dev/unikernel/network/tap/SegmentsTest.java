package dev.unikernel.network.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.SegmentKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    private static final SegmentKey LAN = new SegmentKey("an owner", "lan");

    private final List<Integer> left = new ArrayList<>();
    private int taken;

    private final Segments segments = new Segments(new Segments.Numbers() {
        @Override
        public int take() {
            if (taken == 3) {
                throw new NetworkException("no more");
            }
            return taken++;
        }

        @Override
        public void left(int number) {
            left.add(number);
        }
    });

    @Test
    void addressesAreDecidedByNameBeforeTheirGuestsAreThere() {
        Segments.Place web = segments.join(LAN, "web");

        assertThat(web.address()).isEqualTo(Ipv4.parse("198.19.0.2"));
        assertThat(web.addressOf("web")).isEqualTo(web.address());
        assertThat(web.addressOf("cache")).isEqualTo(Ipv4.parse("198.19.0.3"));
        assertThat(segments.join(LAN, "db").address()).isEqualTo(Ipv4.parse("198.19.0.4"));
        assertThat(segments.join(LAN, "cache").address()).isEqualTo(Ipv4.parse("198.19.0.3"));
        assertThat(taken).isEqualTo(1);
    }

    @Test
    void segmentsOfOtherNamesAndOfOtherOwnersAreOthers() {
        SegmentKey dmz = new SegmentKey(LAN.owner(), "dmz");
        SegmentKey foreign = new SegmentKey(new StringBuilder("an owner").toString(), "lan");

        assertThat(List.of(segments.join(LAN, "web"), segments.join(dmz, "web"), segments.join(foreign, "web")))
                .extracting(Segments.Place::segment)
                .containsExactly(0, 1, 2);
        assertThatThrownBy(() -> segments.join(new SegmentKey(this, "lan"), "web"))
                .isInstanceOf(NetworkException.class);
    }

    @Test
    void aGuestThatComesBackHasItsAddressAsLongAsTheSegmentIsThere() {
        Segments.Place db = segments.join(LAN, "db");
        Segments.Place web = segments.join(LAN, "web");
        web.close();
        web.close();
        assertThat(segments.join(LAN, "web").address()).isEqualTo(web.address());
        assertThat(left).isEmpty();
        db.close();
        assertThat(left).isEmpty();
    }

    @Test
    void theLastThatLeavesEndsTheSegmentAndItsAddressesAreNotUsedAgain() {
        segments.join(LAN, "web").close();

        assertThat(left).containsExactly(0);
        assertThat(segments.join(LAN, "web").address()).isEqualTo(Ipv4.parse("198.19.0.34"));
    }

    @Test
    void twoGuestsOfOneNameAreRefused() {
        segments.join(LAN, "web");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> segments.join(LAN, "web"))
                .withMessageStartingWith("there is a VM 'web' on the network 'lan' already")
                .withMessageContaining("Next: ");
    }

    @Test
    void aSegmentHasRoomForSoManyNames() {
        Segments.Place first = segments.join(LAN, "vm0");
        for (int index = 1; index < 29; index++) {
            first.addressOf("vm" + index);
        }

        assertThat(first.addressOf("vm28")).isEqualTo(Ipv4.parse("198.19.0.30"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> segments.join(LAN, "vm29"))
                .withMessageContainingAll("the network 'lan' has no address for a VM 'vm29'", "room for 29 VMs");
        first.close();
        assertThat(left).containsExactly(0);
    }

    @Test
    void allSegmentsTogetherFillTheirRangeAndTheirNamesFit() {
        Set<Object> names = new HashSet<>();
        for (int number = 0; number < Segments.most(); number++) {
            Segment segment = new Segment(number);
            assertThat(Segment.ADDRESSES.contains(segment.subnet().base())).isTrue();
            assertThat(segment.bridge()).hasSizeLessThanOrEqualTo(15);
            names.addAll(List.of(segment.bridge(), segment.host(), Segment.mac(segment.host())));
        }
        assertThat(names).hasSize(3 * 2048);
        assertThat(new Segment(2047).subnet()).hasToString("198.19.255.224/27");
        assertThat(Segment.ADDRESSES.overlaps(LinkPool.LINKS)).isFalse();
        assertThat(Segment.mac(Ipv4.parse("198.19.255.254"))).hasToString("02:75:6b:80:ff:fe");
    }
}
