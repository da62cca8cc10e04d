package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkFaultsTest {

    @ParameterizedTest
    @CsvSource({"8kbit, 8000", "1Mbit, 1000000", "10Gbit, 10000000000", "9999999kbit, 9999999000"})
    void rateIsReadWithItsUnit(String text, long bitsPerSecond) {
        assertThat(BitRate.parse(text).bitsPerSecond()).isEqualTo(bitsPerSecond);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1mbit", "1 Mbit", "1.5Mbit", "-1Mbit", "1MB", "12345678kbit"})
    void rateOfAnotherFormIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitRate.parse(text))
                .withMessage(
                        "a rate is a whole number with its unit, kbit, Mbit or Gbit (per second), as in '512kbit' or"
                                + " '1Mbit', but was: '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0kbit", "7kbit", "11Gbit"})
    void rateOutOfRangeIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BitRate.parse(text))
                .withMessageStartingWith("a rate is from 8kbit to 10Gbit per second, but was: ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 100.1, Double.NaN, Double.POSITIVE_INFINITY})
    void lossOutOfRangeIsRefused(double percent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkFaults.NONE.withLossPercent(percent))
                .withMessage("a loss is from 0 to 100 percent, but was: " + percent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.001S", "PT10.001S"})
    void delayOutOfRangeIsRefused(Duration delay) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkFaults.NONE.withDelay(delay))
                .withMessage("a delay is from 0 to 10 s, but was: " + delay);
    }

    @Test
    void faultsAddUpUntilTheLastIsTakenBack() {
        LinkFaults faults = LinkFaults.NONE.withConnected(false).withDelay(Duration.ofSeconds(10));
        assertThat(faults.isNone()).isFalse();
        assertThat(faults.withConnected(true).withDelay(Duration.ZERO).isNone()).isTrue();
        assertThat(LinkFaults.NONE.withLimit(BitRate.parse("1Mbit")).isNone()).isFalse();
    }
}
