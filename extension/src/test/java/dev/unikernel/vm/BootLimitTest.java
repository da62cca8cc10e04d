package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.HostFixture;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootLimitTest {

    private final BootLimit limit = new BootLimit();

    @Test
    void whoComesTooEarlyWaitsForATurn() throws Exception {
        BootLimit.Turn first = limit.await(2);
        BootLimit.Turn second = limit.await(2);
        CompletableFuture<BootLimit.Turn> third = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                third.complete(limit.await(2));
            } catch (InterruptedException e) {
                third.completeExceptionally(e);
            }
        });
        waiting.start();
        Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
        assertThat(third).isNotDone();

        second.close();

        third.get(5, TimeUnit.SECONDS).close();
        first.close();
    }

    @Test
    void aWaitCanBeInterrupted() throws Exception {
        try (BootLimit.Turn turn = limit.await(1)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> limit.await(1)).isInstanceOf(InterruptedException.class);
        }
        limit.await(1).close();
    }

    @Test
    void theSettingRulesOverProcessorsAndMemory() {
        assertThat(BootLimit.of(Settings.only(Map.of("unikernel.maxConcurrentBoots", "7")), Host.current(), 1L << 60))
                .isEqualTo(7);
    }

    @Test
    void thereIsOneBootForEachProcessorAsFarAsTheirMemoryIsFree() {
        Settings unset = Settings.only(Map.of());
        assertThat(BootLimit.of(unset, Host.current(), 1))
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(BootLimit.of(unset, Host.current(), Long.MAX_VALUE)).isEqualTo(1);
    }

    @Test
    void memoryThatIsFreeForTwoLetsTwoBoot(@TempDir Path folder) {
        HostFixture machine = new HostFixture(folder);
        machine.write(machine.proc.resolve("meminfo"), "MemAvailable: 2500 kB\n");

        assertThat(BootLimit.of(Settings.only(Map.of()), machine.host(), 1000 << 10))
                .isEqualTo(Math.min(2, Runtime.getRuntime().availableProcessors()));
        assertThat(BootLimit.of(Settings.only(Map.of()), machine.host(), 2600 << 10))
                .as("one in any case")
                .isEqualTo(1);
    }

    @Test
    void allOfAJvmTakeTheirTurnsAtOnePlace() throws InterruptedException {
        try (BootLimit.Turn turn = BootLimit.ofThisJvm().await(Integer.MAX_VALUE)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> BootLimit.ofThisJvm().await(1)).isInstanceOf(InterruptedException.class);
        }
    }
}
