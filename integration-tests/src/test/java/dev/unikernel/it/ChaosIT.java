package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.network.namespace.NamespaceInit;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the test JVM, of its helper or of a VMM, at random moments: nothing is left, and the next run works. The
 * system property {@code chaos.rounds} says how often, 6 unless set, and {@code chaos.seed} repeats the choices of another
 * run; {@code bin/verify-all} has a stage with 100.
 */
@Tag("namespace")
@ExtendWith(NeedsTheHypervisor.class)
class ChaosIT {

    /** What is killed. Of those with several processes, any: whatever else they are has to end, too. */
    private enum Victim {
        JVM(process -> process.commandLine().contains(" " + ChaosMain.class.getName() + " ")),
        /** The first process of the namespaces, and what made them. */
        HELPER(process -> process.commandLine().contains(NamespaceInit.class.getName())),
        /** One that runs, or is about to, and what took it into the namespaces. */
        VMM(process -> process.commandLine().contains("-kernel "));

        private final Predicate<MarkedProcesses.Marked> has;

        Victim(Predicate<MarkedProcesses.Marked> has) {
            this.has = has;
        }

        List<MarkedProcesses.Marked> among(List<MarkedProcesses.Marked> processes) {
            return processes.stream().filter(has).toList();
        }
    }

    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 6);
    private static final long SEED = Long.getLong("chaos.seed", new Random().nextLong());

    /** From the start of such a JVM on: in that time it comes to its second VM, or its fifth on a faster machine. */
    private static final int LATEST_MILLIS = 2_500;

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path kernel;
    private Path image;
    private String classPath;
    private int plainUsers;
    private final Random random = new Random(SEED);
    private final Map<Victim, Integer> killed = new EnumMap<>(Victim.class);
    private final List<Long> goneAfter = new ArrayList<>();

    @Test
    void nothingIsLeftAndTheNextRunWorks() throws Exception {
        // A plain user must be able to read all of it.
        PlainUser.letIn(folder);
        classPath = PlainUser.copyClassPathReadably(folder);
        kernel = folder.resolve("fixture.elf");
        PlainUser.copyReadably(FixtureGuest.kernel(), kernel);
        image = folder.resolve("web.img");
        FixtureImage.builder().build().writeTo(image);
        boolean plainUserIsPossible = plainUserIsPossible();
        VmSpec spec = VmSpec.builder().kernel(kernel).image(image).build();
        for (int round = 1; round <= ROUNDS; round++) {
            Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
            int millis = random.nextInt(LATEST_MILLIS);
            boolean plainUser = random.nextBoolean() && plainUserIsPossible;
            String choice = "round " + round + " of -Dchaos.seed=" + SEED + ": the " + victim + " after " + millis
                    + " ms" + (plainUser ? ", of a plain user" : "");
            try (DoomedJvm jvm = start(round, plainUser)) {
                try {
                    kill(victim, millis, jvm);
                } catch (Exception | AssertionError failure) {
                    throw new AssertionError(choice + "; the JVM has said:\n" + jvm.output(), failure);
                }
            }
            try (Vm vm = VmLauncher.create().start(spec)) {
                assertThat(Http.get(vm.uri()).statusCode()).as(choice).isEqualTo(200);
            }
        }
        Collections.sort(goneAfter);
        System.out.println("chaos: " + ROUNDS + " times kill -9 on "
                + VmLauncher.create().plan(spec).hypervisorName()
                + ", seed " + SEED + ": " + killed + ", " + plainUsers
                + " of them a plain user's, all of it gone after " + goneAfter.get(goneAfter.size() / 2)
                + " ms (median), " + goneAfter.get(goneAfter.size() - 1) + " ms (slowest)");
    }

    /** A plain user's namespaces are those of a user namespace. */
    private static boolean plainUserIsPossible() throws IOException, InterruptedException {
        if (!PlainUser.isPossible()) {
            return false;
        }
        List<String> attempt = PlainUser.prefix();
        attempt.addAll(List.of("unshare", "--user", "--net", "true"));
        return new ProcessBuilder(attempt).start().waitFor() == 0;
    }

    private DoomedJvm start(int round, boolean plainUser) throws IOException {
        Path home = folder.resolve("round-" + round);
        Files.createDirectories(DoomedJvm.tmp(home));
        List<String> java = new ArrayList<>();
        if (plainUser) {
            PlainUser.give(home);
            PlainUser.give(DoomedJvm.tmp(home));
            java.addAll(PlainUser.prefix());
            plainUsers++;
        }
        java.add(JAVA.toString());
        List<String> options = DoomedJvm.settings();
        options.addAll(List.of("-cp", classPath, ChaosMain.class.getName()));
        options.addAll(List.of(kernel.toString(), image.toString()));
        return DoomedJvm.start(home, java, options);
    }

    private void kill(Victim victim, int millis, DoomedJvm jvm) throws IOException, InterruptedException {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
        // Between two VMs, or before the first, there may be none.
        List<MarkedProcesses.Marked> alive = Awaitility.await("a " + victim)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .failFast(jvm::assertRuns)
                .until(jvm::processes, processes -> !victim.among(processes).isEmpty());
        // A process that the JVM has just forked looks like it.
        List<MarkedProcesses.Marked> candidates = victim.among(alive).stream()
                .filter(process -> victim != Victim.JVM || process.pid() == jvm.pid())
                .toList();
        Set<Long> sockets = jvm.sockets();
        int served = served(jvm);
        if (!candidates.get(random.nextInt(candidates.size())).destroyForcibly()) {
            // It has ended by itself just now.
            kill(victim, 0, jvm);
            return;
        }
        killed.merge(victim, 1, Integer::sum);
        if (victim == Victim.JVM) {
            goneAfter.add(jvm.assertNothingIsLeft(sockets).toMillis());
            return;
        }
        Set<Long> doomed = Stream.concat(
                        candidates.stream(), victim == Victim.HELPER ? Victim.VMM.among(alive).stream() : Stream.of())
                .map(MarkedProcesses.Marked::pid)
                .collect(Collectors.toSet());
        goneAfter.add(jvm.assertEnded(doomed).toMillis());
        // It goes on by itself, and ends as any other.
        Awaitility.await("the next VM")
                .atMost(PATIENCE)
                .failFast(() -> jvm.assertRuns())
                .until(() -> served(jvm) > served + 1);
        jvm.end();
        jvm.assertNothingIsLeft(sockets);
    }

    private static int served(DoomedJvm jvm) {
        return (int) jvm.output()
                .lines()
                .filter(line -> line.startsWith(ChaosMain.SERVED))
                .count();
    }
}
