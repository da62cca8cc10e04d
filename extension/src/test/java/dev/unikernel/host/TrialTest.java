package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrialTest {

    private static final ProgramPath PATH = new ProgramPath(List.of(Path.of("/usr/bin"), Path.of("/bin")));

    @Test
    void firstLineIsKept() {
        assertThat(run("echo; echo first >&2; echo second", 10)).isEqualTo(new Trial.Result(true, "first"));
        assertThat(run("echo wrong; exit 1", 10)).isEqualTo(new Trial.Result(false, "wrong"));
    }

    @Test
    void wordsAreThoseOfNoCountryAndProgramsThoseOfThePath() {
        assertThat(run("echo $LC_ALL $PATH", 10)).isEqualTo(new Trial.Result(true, "C /usr/bin:/bin"));
    }

    @Test
    void endlessProgramIsEnded() {
        assertThat(run("exec tail -f /dev/null", 1)).isEqualTo(new Trial.Result(false, "it did not end within 1 s"));
    }

    @Test
    void interruptIsKeptForLater() {
        Thread.currentThread().interrupt();

        assertThat(run("echo done", 10)).isEqualTo(new Trial.Result(true, "done"));
        assertThat(Thread.interrupted()).isTrue();
    }

    private static Trial.Result run(String script, int seconds) {
        return Trial.run(List.of("sh", "-c", script), PATH, Duration.ofSeconds(seconds));
    }
}
