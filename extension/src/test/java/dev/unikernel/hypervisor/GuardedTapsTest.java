package dev.unikernel.hypervisor;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills JVMs that make and delete taps under the guard's eyes. */
@OwnNamespace
class GuardedTapsTest {

    private static final int KILLS = 25;

    @TempDir
    Path folder;

    @Test
    void noMomentOfATapsLifeLeavesIt() throws Exception {
        Random random = new Random(1_234);
        for (int round = 0; round < KILLS; round++) {
            Path begun = folder.resolve("begun-" + round);
            Process jvm = startJvm(begun);
            await().atMost(30, SECONDS).pollInterval(Duration.ofMillis(1)).until(() -> Files.exists(begun));
            jvm.waitFor(random.nextInt(40), MILLISECONDS);
            jvm.destroyForcibly().waitFor();

            await().atMost(5, SECONDS).untilAsserted(() -> assertThat(guards()).isEmpty());
            assertThat(Shell.run("ip -oneline link show")).as("round %d", round).doesNotContain(": uk");
        }
    }

    private Process startJvm(Path begun) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TapLoop.class.getName(),
                        begun.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("jvm.log").toFile())
                .start();
    }

    /** In this PID namespace all of them are ours; the brackets keep the shell that asks from finding itself. */
    private static String guards() {
        return Shell.run("pgrep -f unikernel-guar[d] || true");
    }
}
