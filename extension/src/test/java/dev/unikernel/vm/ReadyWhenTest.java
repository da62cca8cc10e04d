package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadyWhenTest {

    @Test
    void shortFormsOfHttpMeanAnyStatusAndTheRoot() {
        assertThat(ReadyWhen.http()).isEqualTo(new ReadyWhen.Http("/", OptionalInt.empty()));
        assertThat(ReadyWhen.http("/health")).isEqualTo(new ReadyWhen.Http("/health", OptionalInt.empty()));
        assertThat(ReadyWhen.http("/health", 204)).isEqualTo(new ReadyWhen.Http("/health", OptionalInt.of(204)));
    }

    @Test
    void eachKindSaysWhatIsAwaited() {
        assertThat(ReadyWhen.http("/health").describe()).isEqualTo("any HTTP status on /health");
        assertThat(ReadyWhen.http("/health", 204).describe()).isEqualTo("HTTP status 204 on /health");
        assertThat(ReadyWhen.tcp().describe()).isEqualTo("an accepted TCP connection");
        assertThat(ReadyWhen.serial("up: \\d").describe()).isEqualTo("a serial line matching /up: \\d/");
        assertThat(ReadyWhen.leased().describe()).isEqualTo("a DHCP lease");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 599})
    void firstAndLastStatusOfHttpAreAccepted(int status) {
        assertThat(ReadyWhen.http("/", status)).isEqualTo(new ReadyWhen.Http("/", OptionalInt.of(status)));
    }

    @ParameterizedTest
    @ValueSource(ints = {99, 600, 0, -1})
    void otherNumbersAreNoStatus(int status) {
        assertThatThrownBy(() -> ReadyWhen.http("/", status))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the readiness status is an HTTP status from 100 to 599, but was: " + status);
    }
}
