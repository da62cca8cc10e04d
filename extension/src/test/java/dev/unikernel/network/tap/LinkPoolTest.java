package dev.unikernel.network.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinkPoolTest {

    private static final int SIZE = 16_384;

    private final LinkPool pool = new LinkPool();

    @Test
    void theFirstGuestHasTheAddressThatTheDocumentationShows() {
        Link link = pool.next(List.of());

        assertThat(link.tap()).isEqualTo("uk0000");
        assertThat(link.mac()).hasToString("02:75:6b:00:00:00");
        assertThat(link.host()).isEqualTo(Ipv4.parse("198.18.0.1"));
        assertThat(link.guest()).isEqualTo(Ipv4.parse("198.18.0.2"));
        assertThat(link.subnet()).hasToString("198.18.0.0/30");
    }

    @Test
    void allLinksTogetherFillTheRangeAndNoneIsGivenTwice() {
        Set<Object> names = new HashSet<>();
        for (int count = 0; count < SIZE; count++) {
            Link link = pool.next(List.of());
            assertThat(LinkPool.LINKS.contains(link.subnet().base())).isTrue();
            assertThat(link.tap()).hasSizeLessThanOrEqualTo(15);
            names.addAll(List.of(link.tap(), link.mac(), link.host(), link.guest()));
        }
        assertThat(names).hasSize(4 * SIZE);
        assertThat(LinkPool.link(SIZE - 1).subnet()).hasToString("198.18.255.252/30");
        assertThatThrownBy(() -> pool.next(List.of()))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("198.18.0.0/16", "this JVM has used all 16384");
    }

    @Test
    void linksThatAreTakenAreSkipped() {
        List<Subnet> taken = List.of(Subnet.parse("198.18.0.0/30"), Subnet.parse("198.18.0.9/32"));

        assertThat(pool.next(taken).subnet()).hasToString("198.18.0.4/30");
        assertThat(pool.next(taken).subnet()).hasToString("198.18.0.12/30");
    }

    @Test
    void aLargeSubnetInTheWayIsSkippedWhole() {
        assertThat(pool.next(List.of(Subnet.parse("198.18.0.0/17"))).subnet()).hasToString("198.18.128.0/30");
    }

    @Test
    void whoTakesEverythingIsNamed() {
        assertThatThrownBy(() -> pool.next(List.of(Subnet.parse("198.18.0.0/15"))))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("198.18.0.0/15", "ip route", "network namespace of their own");
    }

    @Test
    void severalThreadsGetDifferentLinks() {
        Set<String> taps = IntStream.range(0, 1_000)
                .parallel()
                .mapToObj(count -> pool.next(List.of()).tap())
                .collect(Collectors.toSet());

        assertThat(taps).hasSize(1_000);
    }
}
