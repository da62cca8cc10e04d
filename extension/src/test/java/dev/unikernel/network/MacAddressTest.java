package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

    @Test
    void textAndBytesSurviveTheRoundTrip() {
        MacAddress mac = MacAddress.parse("AA:C6:00:00:00:01");

        assertThat(mac).hasToString("aa:c6:00:00:00:01");
        assertThat(MacAddress.fromBytes(mac.toBytes())).isEqualTo(mac);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "aa:c6:00:00:00", "aa:c6:00:00:00:01:02", "aa-c6-00-00-00-01", "ag:c6:00:00:00:01"})
    void textThatIsNoMacAddressIsRefused(String text) {
        assertThatThrownBy(() -> MacAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 48})
    void aValueOfMoreThan48BitsIsRefused(long value) {
        assertThatThrownBy(() -> new MacAddress(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("48 bits");
    }
}
