package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, 500",
        "60s, 60000",
        "2m, 120000",
        "1h, 3600000",
        "24h, 86400000",
        "' 60 S ', 60000",
        "PT60S, 60000",
        "PT1M30S, 90000",
        "PT0.5S, 500",
        "pt2m, 120000"
    })
    void numberWithUnitAndIsoAreRead(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            0s      | is zero
            PT0S    | is zero
            -1s     | is negative
            PT-1S   | is negative
            -99999999999999999999s | is negative
            60      | has no unit
            0       | has no unit
            60sec   | has the unknown unit 'sec'
            2d      | has the unknown unit 'd'
            1.5s    | is no whole number
            ""      | is no number with a unit
            soon    | is no number with a unit
            1m30s   | is no number with a unit
            25h     | is too long
            PT24H0.001S | is too long
            99999999999999999999ms | is too long
            999999999999h | is too long
            """)
    void anythingElseIsRefusedWithItsReason(String text, String reason) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessage("The time '" + text + "' " + reason + ". Expected is a whole number above 0 with its unit"
                        + " ms, s, m or h, such as 60s, or an ISO-8601 duration, such as PT1M30S; at most 24h.");
    }

    @Test
    void timesAreMultipliedToTheMillisecond() {
        assertThat(Durations.times(Duration.ofSeconds(60), 2.5)).isEqualTo(Duration.ofSeconds(150));
        assertThat(Durations.times(Duration.ofMillis(3), 0.1)).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void formatIsReadBack() {
        assertThat(Durations.format(Duration.ofMinutes(1))).isEqualTo("60s");
        assertThat(Durations.format(Duration.ofMillis(1500))).isEqualTo("1500ms");
    }
}
