package dev.unikernel.junit;

import static dev.unikernel.junit.FakeRun.KERNEL;
import static dev.unikernel.junit.FakeRun.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.fail;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a boot or a test that fails: it is told once, evidence is published, and nothing is left behind. */
class FailureTest {

    @TempDir
    Path folder;

    private FakeRun run() {
        return new FakeRun(folder);
    }

    private static List<String> publishedBy(FakeRun run) throws IOException {
        try (Stream<Path> files = Files.walk(run.reports())) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aFailedBootFailsTheClassOnceWithItsOwnException() {
        FakeRun run = run().execute(BrokenTestCase.class);

        assertThat(run.boots()).containsExactly("web");
        assertThat(run.failures()).singleElement().isInstanceOf(VmStartException.VmmRefused.class);
        assertThat(run.outcomes()).containsExactly("FailureTest$BrokenTestCase failed");
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " die")
    static class BrokenTestCase {
        @Test
        void one(Vm vm) {}

        @Test
        void two(Vm vm) {}

        @Nested
        class Inner {
            @Test
            void three(Vm vm) {}
        }
    }

    @Test
    void aBootThatFailsInATestIsRememberedForTheNextTestOfTheClass() {
        FakeRun run = run().execute(LazilyBrokenTestCase.class);

        assertThat(run.boots()).as("not tried again").containsExactly("web");
        assertThat(run.failures()).hasSize(1);
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " die")
    static class LazilyBrokenTestCase {
        @BeforeAll
        static void before(Vm vm) {}

        @Test
        void test() {}
    }

    @Test
    void aBootFailsAnewWhenTheTestPlanIsExecutedAgain() {
        FakeRun run = run().inSession(session -> {
            session.execute(BrokenTestCase.class);
            session.execute(BrokenTestCase.class);
        });

        assertThat(run.boots()).containsExactly("web", "web");
    }

    @Test
    void theLogsOfABootThatFailedArePublished() throws IOException {
        FakeRun run = run().execute(BrokenTestCase.class);

        assertThat(publishedBy(run)).containsExactly("vm-vmm.log");
    }

    @Test
    void logsPlanAndCallsOfAFailedTestArePublishedOnce() throws IOException {
        FakeRun run = run().execute(FailingTestCase.class);

        assertThat(run.outcomes()).contains("fails(OkHttpClient, Vm) failed", "passes() successful");
        assertThat(publishedBy(run)).containsExactly("vm-calls.log", "vm-plan.txt", "vm-serial.log", "vm-vmm.log");
        try (Stream<Path> files = Files.walk(run.reports())) {
            Path calls = files.filter(file -> file.endsWith("vm-calls.log"))
                    .findFirst()
                    .orElseThrow();
            assertThat(calls).content().matches("(?s)\\S+ GET http://127\\.77\\.\\S+:8080/x -> 200 after \\d+ ms\n");
        }
    }

    @Test
    void whatWasCapturedBesideTheLogsIsPublishedWithThem() throws IOException {
        FakeRun run = run().execute(CapturedTestCase.class);

        assertThat(publishedBy(run)).containsExactly("vm-dhcp.pcap", "vm-plan.txt", "vm-serial.log", "vm-vmm.log");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class CapturedTestCase {
        @Test
        void fails(Vm vm) throws IOException {
            Files.write(vm.serialLog().resolveSibling("dhcp.pcap"), new byte[24]);
            fail("on purpose");
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class FailingTestCase {
        @Test
        void fails(@VmAddress OkHttpClient client, Vm vm) throws IOException {
            client.newCall(new Request.Builder().url(vm.uri("/x").toURL()).build())
                    .execute()
                    .close();
            fail("on purpose");
        }

        @Test
        void passes() {}
    }

    @Test
    void theStandardOutputOfAFailedTestNamesTheLogs() {
        java.io.PrintStream before = System.out;
        java.io.ByteArrayOutputStream output = new java.io.ByteArrayOutputStream();
        System.setOut(new java.io.PrintStream(output, true, java.nio.charset.StandardCharsets.UTF_8));
        FakeRun run;
        try {
            run = run().execute(FailingTestCase.class);
        } finally {
            System.setOut(before);
        }

        Path logs = run.work().resolve("FailingTestCase");
        assertThat(output.toString(java.nio.charset.StandardCharsets.UTF_8))
                .contains("[[ATTACHMENT|" + logs.resolve("serial.log") + "]]\n")
                .contains("[[ATTACHMENT|" + logs.resolve("vmm.log") + "]]\n");
    }

    @Test
    void anExceptionInAnotherThreadDoesNotFailABoot() {
        FakeRun run = run();
        Thread.UncaughtExceptionHandler silent = (thread, failure) -> {};
        Thread other = new Thread(() -> {
            Awaitility.await()
                    .dontCatchUncaughtExceptions()
                    .until(() -> run.boots().size() == 1);
            throw new IllegalStateException("in a thread that nobody here knows");
        });
        other.setUncaughtExceptionHandler(silent);
        other.start();

        run.execute(LingeringTestCase.class);

        assertThat(run.outcomes()).containsExactly("test() successful");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " linger")
    static class LingeringTestCase {
        @Test
        void test() {}
    }

    @Test
    void aVmThatATestHasTakenAwayIsNoFailure() {
        FakeRun run = run().execute(ClosingTestCase.class);

        assertThat(run.outcomes()).containsExactly("closes(Vm) successful");
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class ClosingTestCase {
        @Test
        void closes(Vm vm) {
            vm.close();
            vm.close();
        }
    }

    @Test
    void junitHasNothingToWarnOf() {
        List<String> warnings = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                    warnings.add(entry.getLoggerName() + ": " + entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger junit = Logger.getLogger("org.junit");
        junit.addHandler(handler);
        try {
            run().execute(PassingTestCase.class, ScopesTest.FreshTestCase.class, ScopesTest.NestedTestCase.class);
        } finally {
            junit.removeHandler(handler);
        }

        assertThat(warnings).isEmpty();
    }

    @Test
    void nothingIsPublishedOfTestsThatPassOrAreAborted() {
        FakeRun run = run().execute(PassingTestCase.class);

        assertThat(run.reports()).doesNotExist();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class PassingTestCase {
        @Test
        void passes() {}

        @Test
        void isAborted() {
            org.junit.jupiter.api.Assumptions.abort("not today");
        }

        @Test
        @Disabled
        void isDisabled() {}
    }

    @Test
    void aFailureInBeforeAllIsPublishedToo() throws IOException {
        FakeRun run = run().execute(FailingBeforeAllTestCase.class);

        assertThat(publishedBy(run)).containsExactly("vm-plan.txt", "vm-serial.log", "vm-vmm.log");
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB)
    static class FailingBeforeAllTestCase {
        @BeforeAll
        static void before() {
            fail("on purpose");
        }

        @Test
        void test() {}
    }

    @Test
    void aKeptVmIsHeldAfterAFailureUntilSomebodyEndsIt() throws Exception {
        FakeRun run = run();
        CompletableFuture<Void> execution = CompletableFuture.runAsync(() -> run.execute(KeptTestCase.class));
        try {
            // The class has ended for JUnit's callbacks, but not its VM.
            Awaitility.await().until(() -> run.outcomes().contains("fails() failed"));
            assertThat(run.running()).hasSize(1);
            assertThat(catchTimeout(execution)).isInstanceOf(TimeoutException.class);
            assertThat(run.running()).hasSize(1);
        } finally {
            run.running().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }
        execution.get(20, TimeUnit.SECONDS);

        assertThat(run.outcomes()).containsExactly("fails() failed");
    }

    @ParameterizedTest
    @ValueSource(classes = {KeptTestCase.class, KeptForATestTestCase.class, KeptForTheSessionTestCase.class})
    @Timeout(40)
    void aKeptVmOfEachScopeEndsWhenTheFileIsRemovedThatStandsForIt(Class<?> testCase) throws Exception {
        assumeThat(testCase != KeptForTheSessionTestCase.class || SessionStore.exists())
                .as("this JUnit has sessions")
                .isTrue();
        FakeRun run = run();
        CompletableFuture<Void> execution = CompletableFuture.runAsync(() -> run.execute(testCase));
        Awaitility.await().until(() -> !keptIn(run).isEmpty());
        assertThat(run.running()).hasSize(1);

        Files.delete(keptIn(run).get(0));
        execution.get(20, TimeUnit.SECONDS);

        assertThat(run.running()).isEmpty();
        assertThat(run.outcomes()).containsExactly("fails() failed");
    }

    private static List<Path> keptIn(FakeRun run) throws IOException {
        if (!Files.exists(run.work())) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(run.work())) {
            return files.filter(file -> file.endsWith("kept")).toList();
        }
    }

    private static Throwable catchTimeout(CompletableFuture<Void> execution) {
        return org.assertj.core.api.Assertions.catchThrowable(() -> execution.get(300, TimeUnit.MILLISECONDS));
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, keepOnFailure = Toggle.ON)
    static class KeptTestCase {
        @Test
        void fails() {
            fail("on purpose");
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, keepOnFailure = Toggle.ON, scope = Scope.METHOD)
    static class KeptForATestTestCase {
        @Test
        void fails() {
            fail("on purpose");
        }
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, keepOnFailure = Toggle.ON, scope = Scope.SESSION)
    static class KeptForTheSessionTestCase {
        @Test
        void fails() {
            fail("on purpose");
        }
    }

    @Test
    void aKeptVmEndsByItselfAfterItsTime() {
        FakeRun run = run().with("unikernel.keepOnFailure", "true")
                .with("unikernel.keepFor", "100ms")
                .execute(FailingTestCase.class);

        assertThat(run.boots()).hasSize(1);
        assertThat(run.running()).isEmpty();
    }

    @Test
    @Timeout(40)
    void aVmOfPassedTestsIsNotKept() {
        FakeRun run = run().with("unikernel.keepOnFailure", "true")
                .with("unikernel.keepFor", "1h")
                .execute(PassingTestCase.class);

        assertThat(run.boots()).hasSize(1);
        assertThat(run.running()).isEmpty();
    }

    @Test
    void anAnnotationForbidsToKeepItsVmWhateverTheSettingSays() {
        FakeRun run = run().with("unikernel.keepOnFailure", "true").execute(NeverKeptTestCase.class);

        assertThat(run.outcomes()).containsExactly("fails() failed");
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB, keepOnFailure = Toggle.OFF)
    static class NeverKeptTestCase {
        @Test
        void fails() {
            fail("on purpose");
        }
    }

    @Test
    @Timeout(40)
    void aTimeoutOfJUnitEndsABootAtOnceAndLeavesNothing() {
        FakeRun run = run().execute(ImpatientTestCase.class);

        assertThat(run.failures()).singleElement().isInstanceOf(TimeoutException.class);
        assertThat(run.boots()).containsExactly("slow");
        assertThat(run.running()).isEmpty();
    }

    static class ImpatientTestCase {
        @Test
        @Timeout(2)
        void bootsByHand() {
            Settings settings = Settings.of(name -> Optional.ofNullable(FakeRun.current(name)));
            VmSpec spec = VmSpec.builder()
                    .kernel(Path.of(FakeRun.current("fake.kernel")))
                    .cmdline("never name=slow journal=" + FakeRun.current("fake.journal"))
                    .build();
            VmLauncher.create(settings).start(spec).close();
        }
    }

    @Test
    @Timeout(40)
    void anInterruptEndsAllBootsOfAClassAtOnceAndLeavesNothing() throws Exception {
        FakeRun run = run().with("unikernel.maxConcurrentBoots", "2");
        Thread thread = new Thread(() -> run.execute(NeverReadyTestCase.class));
        thread.start();
        Awaitility.await().until(() -> run.boots().size() == 2);

        thread.interrupt();
        thread.join();

        assertThat(run.failures()).singleElement().satisfies(failure -> {
            assertThat(failure).isInstanceOf(VmStartException.Interrupted.class);
            assertThat(failure.getSuppressed()).singleElement().isInstanceOf(VmStartException.Interrupted.class);
        });
        assertThat(run.running()).isEmpty();
    }

    @UnikernelVm(kernel = KERNEL, cmdline = WEB + " never", name = "web")
    @UnikernelVm(kernel = KERNEL, cmdline = FakeRun.DB + " never", name = "db")
    static class NeverReadyTestCase {
        @Test
        void test() {}
    }
}
