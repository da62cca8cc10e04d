package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimelineTest {

    @Test
    void tellsThePhasesInTheirOrder() {
        Timeline timeline = new Timeline(Map.of(
                BootPhase.READY, Duration.ofMillis(33),
                BootPhase.SPAWNED, Duration.ofMillis(4),
                BootPhase.LEASED, Duration.ofMillis(28)));
        assertThat(timeline).hasToString("spawned 4 ms, leased 28 ms, ready 33 ms");
        assertThat(timeline.last()).contains(BootPhase.READY);
        assertThat(timeline.at(BootPhase.NIC_UP)).isEmpty();
    }

    @Test
    void isEmptyWhereNothingWasSeen() {
        Timeline timeline = new Timeline(Map.of());
        assertThat(timeline).hasToString("");
        assertThat(timeline.last()).isEmpty();
    }

    @Test
    void phaseThatWasReachedHasItsTime() {
        Timeline timeline = new Timeline(Map.of(BootPhase.LEASED, Duration.ofMillis(28)));
        assertThat(timeline.at(BootPhase.LEASED)).contains(Duration.ofMillis(28));
    }
}
