package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {

    @Test
    void aLinkOfTwoHostsHasMaskBroadcastAndHosts() {
        Subnet link = Subnet.parse("198.18.0.4/30");

        assertThat(link.mask()).isEqualTo(Ipv4.parse("255.255.255.252"));
        assertThat(link.broadcast()).isEqualTo(Ipv4.parse("198.18.0.7"));
        assertThat(link.host(1)).isEqualTo(Ipv4.parse("198.18.0.5"));
        assertThat(link.contains(Ipv4.parse("198.18.0.6"))).isTrue();
        assertThat(link.contains(Ipv4.parse("198.18.0.8"))).isFalse();
        assertThat(link).hasToString("198.18.0.4/30");
    }

    @Test
    void theSubnetAroundAnAddressDropsTheHostBits() {
        assertThat(Subnet.around(Ipv4.parse("10.1.2.3"), 8)).isEqualTo(Subnet.parse("10.0.0.0/8"));
        assertThat(Subnet.around(Ipv4.parse("200.1.2.3"), 0)).isEqualTo(Subnet.parse("0.0.0.0/0"));
        assertThat(Subnet.around(Ipv4.parse("200.1.2.3"), 32)).isEqualTo(Subnet.parse("200.1.2.3/32"));
    }

    @ParameterizedTest
    @CsvSource({
        "198.18.0.0/30, 198.18.0.4/30, false",
        "198.18.0.0/30, 198.18.0.0/30, true",
        "198.18.0.0/15, 198.19.255.252/30, true",
        "198.19.255.252/30, 198.18.0.0/15, true",
        "198.18.0.0/15, 198.20.0.0/15, false",
        "0.0.0.0/0, 198.18.0.0/30, true",
    })
    void subnetsOverlapWhereOneHoldsTheOther(String one, String other, boolean overlap) {
        assertThat(Subnet.parse(one).overlaps(Subnet.parse(other))).isEqualTo(overlap);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4})
    void anOffsetOutsideOfTheSubnetIsRefused(int offset) {
        assertThatThrownBy(() -> Subnet.parse("198.18.0.0/30").host(offset))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("198.18.0.0/30", String.valueOf(offset));
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.18.0.1/30", "198.18.0.0/33", "198.18.0.0", "/30", "x/8"})
    void textThatIsNoSubnetIsRefused(String text) {
        assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
