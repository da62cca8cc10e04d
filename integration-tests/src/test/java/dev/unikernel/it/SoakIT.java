package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long row of boots in one JVM: none fails, and the last leaves the JVM as the first did. Run by {@code bin/verify-all},
 * which sets the number by the system property {@code soak.boots}.
 */
@Tag("soak")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class SoakIT {

    /** Until caches are filled, classes loaded and pools of threads started. */
    private static final int WARM_UPS = 20;

    private static final int BOOTS = Integer.getInteger("soak.boots", 100);

    /** So many failures are no accident, and each may take a minute. */
    private static final int ENOUGH_FAILURES = 5;

    /** A leak by each boot, or by each tenth, is more than that; what the JVM itself opens or starts now and then is less. */
    private static final int SLACK = Math.max(3, BOOTS / 20);

    private static final long HEAP_SLACK = 1024 * 1024 + BOOTS * 2048L;

    @TempDir
    Path folder;

    private final Set<String> bootIds = new HashSet<>();
    private final List<Long> times = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    @Test
    void bootsInARowNeverFailAndLeaveTheJvmAsItWas() {
        VmSpec spec = Guests.fixture(FixtureImage.builder().build(), folder)
                .name("soak")
                .build();
        VmLauncher launcher = VmLauncher.create();
        for (int i = 1; i <= WARM_UPS; i++) {
            boot(launcher, spec, i - WARM_UPS);
        }
        assertThat(failures).as("while warming up").isEmpty();
        awaitSame(Footprint.now()); // loads the classes that it needs
        times.clear();
        bootIds.clear();
        Footprint before = Footprint.now();

        long started = System.nanoTime();
        String hypervisor = "?";
        int boots = 0;
        while (boots < BOOTS && failures.size() < ENOUGH_FAILURES) {
            boots++;
            hypervisor = boot(launcher, spec, boots);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - started);

        try {
            assertThat(failures).isEmpty();
            assertThat(bootIds)
                    .as("guests that answered, each by its own boot id")
                    .hasSize(BOOTS);
            awaitSame(before);
        } finally {
            System.out.println(summary(hypervisor, boots, took, before, Footprint.now()));
        }
    }

    /** Closing goes on beside the test's path for a moment. */
    private static void awaitSame(Footprint before) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertSame(before, Footprint.now()));
    }

    private String boot(VmLauncher launcher, VmSpec spec, int number) {
        long started = System.nanoTime();
        try (Vm vm = launcher.start(spec)) {
            times.add(System.nanoTime() - started);
            bootIds.add(get(vm, "/boot-id"));
            return vm.hypervisor();
        } catch (RuntimeException | IOException e) {
            failures.add(new AssertionError("boot " + number + " of " + BOOTS, e));
            return e instanceof VmStartException ? "a hypervisor" : "?";
        }
    }

    /** By a socket of our own: a client with a pool keeps connections and threads for some time. */
    private static String get(Vm vm, String path) throws IOException {
        try (Socket socket = new Socket(vm.address(), vm.port())) {
            socket.setSoTimeout(30_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: guest\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200");
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private static void assertSame(Footprint before, Footprint after) {
        assertThat(after.openFiles())
                .as("open files, before: %s, after: %s", before.descriptors(), after.descriptors())
                .isLessThanOrEqualTo(before.openFiles() + SLACK);
        assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + SLACK);
        assertThat(after.children()).as("child processes: the guard").isEqualTo(before.children());
        assertThat(after.heapBytes()).as("bytes on the heap").isLessThanOrEqualTo(before.heapBytes() + HEAP_SLACK);
    }

    private String summary(String hypervisor, int boots, Duration took, Footprint before, Footprint after) {
        List<Long> sorted = times.stream().sorted().toList();
        String speed = sorted.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        " ready in %.0f ms (median), %.0f ms (p99), %.0f ms (slowest);",
                        at(sorted, 0.5),
                        at(sorted, 0.99),
                        at(sorted, 1));
        return String.format(
                Locale.ROOT,
                "soak: %d boots on %s, %d failed, %d s;%s before: %s; after: %s",
                boots,
                hypervisor,
                failures.size(),
                took.toSeconds(),
                speed,
                before,
                after);
    }

    private static double at(List<Long> sorted, double share) {
        return sorted.get((int) Math.ceil(sorted.size() * share) - 1) / 1e6;
    }
}
