package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.it.TestReports.TestCase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The project {@code src/it/junit} after a build with one version of JUnit: some of its tests fail on purpose, so that this
 * is the verdict.
 */
public final class MatrixRow {

    private static final String SESSIONS = "Session.*IT";

    private final Path folder;
    private final String junit;

    /** @param folder the build's: {@code target/junit-VERSION} */
    public MatrixRow(Path folder) {
        this.folder = folder;
        this.junit = folder.getFileName().toString().substring("junit-".length());
    }

    /** Fails if a row is missing that must always be there. */
    public static void assertThereAre(Path project, String... versions) {
        assertThat(versions).allSatisfy(version -> assertThat(project.resolve("target/junit-" + version))
                .isDirectory());
    }

    /** @return what was found to hold, as a row of a table */
    public String verified() {
        assertRun("one-fork", 1, Map.of());
        Map<String, Long> simultaneous = Map.of("MeetingOneIT", 1L, "MeetingTwoIT", 1L);
        for (String run : List.of("two-forks", "parallel")) {
            assertRun(run, run.equals("parallel") ? 1 : 2, simultaneous);
            assertThat(journal(run).bootIdsOf("Meeting.*IT")).hasSize(2).doesNotHaveDuplicates();
        }
        assertRerunPassed();
        assertNothingIsLeftOfAKilledJvm();
        return "| " + junit + " | " + reports("one-fork").property("java.version") + " | "
                + counted("one-fork") + " | " + counted("two-forks") + " | " + counted("parallel")
                + " | passed | nothing left |";
    }

    private void assertRun(String run, int jvms, Map<String, Long> more) {
        assertThat(reports(run).property("surefire.test.class.path")).contains("/junit-jupiter-api-" + junit + ".jar");
        Map<String, Long> passed = new TreeMap<>(more);
        passed.putAll(Map.of("ClassScopeIT", 7L, "MethodScopeIT", 2L, "FailingIT", 1L));
        if (hasSessions()) {
            passed.putAll(Map.of("SessionOneIT", 1L, "SessionTwoIT", 1L, "SessionThreeIT", 1L));
            passed.put("ParameterizedClassIT", 2L);
        }
        assertThat(reports(run).passedOfClasses()).as("passed tests of " + run).isEqualTo(passed);
        assertOnlyExpectedFailures(reports(run).othersThanPassed());

        BootJournal journal = journal(run);
        assertThat(journal.jvms()).as("JVMs of " + run).hasSize(jvms);
        assertThat(journal.bootIdsOf("MethodScopeIT")).hasSize(2).doesNotHaveDuplicates();
        if (hasSessions()) {
            journal.assertOneBootForEachJvm(SESSIONS);
        }
        journal.assertNothingIsLeft();
        assertEvidenceIsPublished(run);
    }

    private void assertOnlyExpectedFailures(List<TestCase> failed) {
        assertThat(failed)
                .filteredOn(test -> !test.testClass().matches("com\\.example\\." + SESSIONS))
                .singleElement()
                .extracting(TestCase::testClass, TestCase::name, TestCase::outcome, TestCase::message)
                .containsExactly("com.example.FailingIT", "failsOnPurpose", "failure", "on purpose");
        assertThat(failed)
                .filteredOn(test -> test.testClass().matches("com\\.example\\." + SESSIONS))
                .hasSize(hasSessions() ? 0 : 3)
                .allSatisfy(test -> {
                    assertThat(test.outcome()).isEqualTo("error");
                    assertThat(test.message()).contains("has the scope SESSION, which needs JUnit 5.13 or newer");
                });
    }

    private void assertEvidenceIsPublished(String run) {
        Path published = folder.resolve(run).resolve("published/junit-jupiter/com.example.FailingIT/failsOnPurpose()");
        assertThat(published.resolve("vm-serial.log")).content().contains("assigned: ");
        assertThat(published.resolve("vm-vmm.log")).exists();
        assertThat(published.resolve("vm-plan.txt")).isNotEmptyFile();
        // Of classes that run at the same time Surefire may write a line into the report of another, or into none.
        if (!run.equals("parallel")) {
            assertThat(reports(run).texts())
                    .contains("[[ATTACHMENT|"
                            + folder.resolve("../unikernel/FailingIT/serial.log")
                                    .normalize() + "]]");
        }
    }

    private void assertRerunPassed() {
        assertThat(reports("rerun").cases())
                .hasSize(2)
                .extracting(TestCase::outcome)
                .contains("flakyError", "passed");
        assertThat(reports("rerun").othersThanPassed()).singleElement().satisfies(first -> assertThat(first.message())
                .contains("did not become ready: the guest powered off"));
        assertThat(journal("rerun").bootIdsOf("SecondTryIT")).hasSize(1);
        journal("rerun").assertNothingIsLeft();
    }

    private void assertNothingIsLeftOfAKilledJvm() {
        assertThat(folder.resolve("killed/failsafe-summary.xml")).content().contains("Process Exit Code: 137");
        assertThat(journal("killed").bootIdsOf("KilledIT")).hasSize(1);
        journal("killed").assertNothingIsLeft();
    }

    private boolean hasSessions() {
        return !junit.startsWith("5.12.");
    }

    private String counted(String run) {
        return reports(run).passedOfClasses().values().stream()
                        .mapToLong(Long::longValue)
                        .sum() + " passed";
    }

    private TestReports reports(String run) {
        return new TestReports(folder.resolve(run));
    }

    private BootJournal journal(String run) {
        Path file = folder.resolve(run).resolve("journal");
        assertThat(file).as("where tests note their VMs").matches(Files::isRegularFile);
        return BootJournal.read(file);
    }
}
