package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4Test {

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "198.18.0.1", "127.77.0.1", "128.0.0.1", "255.255.255.255"})
    void addressesSurviveTheWayThroughTheirBits(String text) {
        assertThat(Ipv4.of(Ipv4.bits(Ipv4.parse(text))).getHostAddress()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.-4", "localhost", "1.2.3.4 ", "1.2.3.1000"})
    void textThatIsNoAddressIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> Ipv4.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
