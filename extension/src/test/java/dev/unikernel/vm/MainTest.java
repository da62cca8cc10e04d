package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void wrapperIsWrittenExecutable() {
        Path target = folder.resolve("a/bin/java");

        assertThat(run("wrapper", target.toString())).isZero();

        assertThat(target).isExecutable().content().startsWith("#!/usr/bin/env bash\n");
        assertThat(out).hasToString("Wrote " + target + ", the <jvm> for Surefire and Failsafe.\n");
    }

    @Test
    void wrapperTakesThePlaceOfAnOlderOneAndLeavesNothingElse() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Files.writeString(bin.resolve("java"), "old-file");

        assertThat(run("wrapper", bin.resolve("java").toString())).isZero();

        try (var files = Files.list(bin)) {
            assertThat(files).containsExactly(bin.resolve("java"));
        }
        assertThat(bin.resolve("java")).content().doesNotContain("old-file").contains("unshare");
    }

    @Test
    void pathThatSurefireWouldRefuseIsRefused() {
        assertThat(run("wrapper", folder.resolve("java.sh").toString())).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("must end in bin/java")
                .contains(folder.resolve("java.sh").toString())
                .hasLineCount(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void unwritablePathIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(run("wrapper", file.resolve("bin/java").toString())).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains(file + "/bin/java")
                .hasLineCount(1);
    }

    @Test
    void doctorSaysByItsStatusWhetherAVmCanBeStarted() {
        int status = run("doctor");

        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("unikernel-junit ")
                .contains("\nHypervisors\n");
        assertThat(status).isEqualTo(VmLauncher.create().missing().isEmpty() ? 0 : 1);
    }

    @Test
    void doctorSpeaksJsonToPrograms() {
        int status = run("doctor", "--json");

        assertThat(JsonParser.parseString(out.toString(StandardCharsets.UTF_8))
                        .getAsJsonObject()
                        .get("canStart")
                        .getAsBoolean())
                .isEqualTo(status == 0);
        assertThat(err.size()).isZero();
    }

    @Test
    void otherArgumentsGetTheUsage() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("doctor", "--jsn")).isEqualTo(2);
        assertThat(run("--json", "doctor")).isEqualTo(2);
        assertThat(run("wrapper")).isEqualTo(2);
        assertThat(run("doctor", "x")).isEqualTo(2);

        assertThat(err.toString(StandardCharsets.UTF_8))
                .hasLineCount(5)
                .contains("doctor [--json]", "wrapper .../bin/java");
        assertThat(out.size()).isZero();
    }

    private int run(String... arguments) {
        return Main.run(printingTo(out), printingTo(err), arguments);
    }

    private static PrintStream printingTo(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
