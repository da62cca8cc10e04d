package dev.unikernel.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.unikernel.image.KernelFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs annotated test cases as a build tool would, in one session of JUnit's launcher, with {@link FakeVmm} in the place of
 * QEMU; and tells which VMs were booted, and how the tests came out.
 */
final class FakeRun {

    /** Attributes of the test cases' annotations. */
    static final String KERNEL = "${fake.kernel}";

    static final String JOURNAL = " journal=${fake.journal}";
    static final String WEB = "name=web" + JOURNAL;
    static final String DB = "name=db" + JOURNAL;

    /** The run that goes on: test cases whose values are known only at run time look here. */
    private static volatile Map<String, String> current = Map.of();

    private final Path folder;
    private final Map<String, String> parameters = new HashMap<>();
    private final List<String> outcomes = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** @param folder for the files of this run */
    FakeRun(Path folder) {
        this.folder = folder;
        parameters.put("unikernel.hypervisor", "qemu");
        parameters.put("unikernel.network", "user");
        parameters.put("unikernel.qemu.binary", FakeVmm.script(folder).toString());
        parameters.put("unikernel.workDir", folder.resolve("work").toString());
        parameters.put(
                "fake.kernel", KernelFile.writeTo(folder.resolve("kernel.elf")).toString());
        parameters.put("fake.journal", journal().toString());
        parameters.put(
                "junit.platform.reporting.output.dir", folder.resolve("reports").toString());
    }

    /** A parameter of the run that goes on. */
    static String current(String parameter) {
        return current.get(parameter);
    }

    FakeRun with(String parameter, String value) {
        parameters.put(parameter, value);
        return this;
    }

    /** Runs the classes in one request. */
    FakeRun execute(Class<?>... testCases) {
        return inSession(session -> session.execute(testCases));
    }

    /** Runs {@code use} within one session, which can execute several requests, as a fork that is used again does. */
    FakeRun inSession(java.util.function.Consumer<Session> use) {
        LauncherConfig plain = LauncherConfig.builder()
                .enableTestEngineAutoRegistration(true)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        current = Map.copyOf(parameters);
        try (LauncherSession session = LauncherFactory.openSession(plain)) {
            use.accept(testCases -> execute(session.getLauncher(), testCases));
        }
        return this;
    }

    /** An open session. */
    interface Session {
        void execute(Class<?>... testCases);
    }

    private void execute(Launcher launcher, Class<?>... testCases) {
        List<DiscoverySelector> classes = Arrays.stream(testCases)
                .<DiscoverySelector>map(type -> selectClass(type))
                .toList();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(classes)
                        .configurationParameters(parameters)
                        .build(),
                new TestExecutionListener() {
                    @Override
                    public void executionSkipped(TestIdentifier test, String reason) {
                        note(test, "skipped: " + reason.lines().findFirst().orElse(""));
                    }

                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        synchronized (failures) {
                            result.getThrowable().ifPresent(failures::add);
                        }
                        if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                            note(test, result.getStatus().name().toLowerCase(java.util.Locale.ROOT));
                        }
                    }
                });
    }

    private void note(TestIdentifier test, String outcome) {
        synchronized (outcomes) {
            outcomes.add(test.getDisplayName() + " " + outcome);
        }
    }

    /** Each test, and each container that did not succeed, with its status: {@code "greets() successful"}. */
    List<String> outcomes() {
        return List.copyOf(outcomes);
    }

    /** What failed or aborted a test or container, in order. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** The names of the VMs that were booted, in order. */
    List<String> boots() {
        return events().stream()
                .filter(event -> event.startsWith("boot "))
                .map(event -> event.split(" ")[1])
                .toList();
    }

    /** The names of the VMs that were told to end, in order. */
    List<String> ends() {
        return events().stream()
                .filter(event -> event.startsWith("end "))
                .map(event -> event.split(" ")[1])
                .toList();
    }

    /** {@code boot NAME PID}, {@code ready NAME PID} and {@code end NAME PID}, in order. */
    List<String> events() {
        try {
            return Files.exists(journal()) ? Files.readAllLines(journal()) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process ids of VMs that were booted and still run. */
    Set<Long> running() {
        return events().stream()
                .map(event -> Long.parseLong(event.split(" ")[2]))
                .filter(pid -> ProcessHandle.of(pid).isPresent())
                .collect(Collectors.toSet());
    }

    /** The folder that logs are kept in. */
    Path work() {
        return folder.resolve("work");
    }

    /** The folder of files that JUnit was given to publish. */
    Path reports() {
        return folder.resolve("reports");
    }

    private Path journal() {
        return folder.resolve("journal");
    }
}
