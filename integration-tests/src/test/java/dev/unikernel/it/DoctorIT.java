package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar unikernel-junit.jar doctor}: what a user runs who has only the jar. */
@LeavesNothing
class DoctorIT {

    private static final List<String> PLAIN_USER =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    private record Said(int status, String out, String err) {
        /** With one blank between any words. */
        String words() {
            return out.strip().replaceAll("\\s+", " ");
        }
    }

    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void copyTheJar() throws IOException {
        PlainUser.letIn(folder);
        jar = folder.resolve("unikernel-junit.jar");
        PlainUser.copyReadably(PublishedArtifactIT.jar(), jar);
    }

    @Test
    void machineIsExaminedFromTheJarAlone() throws Exception {
        Said said = doctor(List.of(), "doctor");

        assertThat(said.err()).isEmpty();
        assertThat(said.out())
                .startsWith("unikernel-junit 0.")
                .contains("\nThis machine\n", "\nHypervisors\n", "\nSettings", "\nPairs");
        // QEMU needs nothing but itself.
        assertThat(said.status()).isZero();
        assertThat(said.words()).contains("--> ", "VMs run on ");
        assertThat(said.out().lines().count())
                .as("lines, to be read at a glance")
                .isLessThan(60);
    }

    @Test
    void programsAreAnsweredInJson() throws Exception {
        Said said = doctor(List.of(), "doctor", "--json");

        assertThat(said.err()).isEmpty();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            Object json = loader.loadClass("dev.unikernel.shaded.gson.JsonParser")
                    .getMethod("parseString", String.class)
                    .invoke(null, said.out());
            assertThat(json.toString())
                    .contains("\"canStart\":" + (said.status() == 0))
                    .contains("\"name\":\"new namespaces\"");
        }
    }

    @Test
    void plainUserIsExaminedAsWhatHeIs() throws Exception {
        PlainUser.assumePossible();
        Said said = doctor(PLAIN_USER, "doctor");

        assertThat(said.err()).isEmpty();
        assertThat(said.words())
                .contains("no CAP_NET_ADMIN this process, of the user ")
                .contains("VMs run on ");
        assertThat(said.status()).isZero();
    }

    @Test
    void whetherGuestsCanBeLetOutIsTold() throws Exception {
        assertThat(doctor(List.of(), "doctor").words()).contains("yes outbound from them /usr/");
    }

    @Test
    void settingsOfTheRunCount() throws Exception {
        Said byProperty = said(List.of(), Map.of(), "-Dunikernel.network=user", "-jar", jar.toString(), "doctor");
        Said byEnvironment = said(
                List.of(),
                Map.of("UNIKERNEL_NETWORK", "user", "SECRET_TOKEN", "x1y2z3"),
                "-jar",
                jar.toString(),
                "doctor");

        assertThat(byProperty.words())
                .contains("Settings unikernel.network=user (system property unikernel.network)")
                .contains("--> QEMU + user taken");
        assertThat(byEnvironment.words())
                .contains("Settings unikernel.network=user (environment variable UNIKERNEL_NETWORK)")
                .contains("--> QEMU + user taken")
                .doesNotContain("x1y2z3");
    }

    @Test
    void whatCannotBeStartedIsTheStatus() throws Exception {
        Said said = said(
                List.of(),
                Map.of(),
                "-Dunikernel.qemu.binary=/none",
                "-Dunikernel.hypervisor=qemu",
                "-jar",
                jar.toString(),
                "doctor");

        assertThat(said.status()).isEqualTo(1);
        assertThat(said.out()).contains("'/none'", "there is no such file").doesNotContain("-->");
    }

    @Test
    void wrongUseIsAnotherStatus() throws Exception {
        Said said = doctor(List.of(), "doktor");

        assertThat(said.status()).isEqualTo(2);
        assertThat(said.err())
                .isEqualTo("usage: java -jar unikernel-junit.jar doctor [--json] | wrapper .../bin/java\n");
    }

    @Test
    void strangersLearnNothingOfUserAndHost() throws Exception {
        String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        Map<String, String> telling = Map.of("UNIKERNEL_WORK_DIR", System.getProperty("user.home") + "/logs");
        for (Said said : List.of(
                said(List.of(), telling, "-jar", jar.toString(), "doctor"),
                said(List.of(), telling, "-jar", jar.toString(), "doctor", "--json"))) {
            assertThat(said.out())
                    .contains("~/logs")
                    .doesNotContain(System.getProperty("user.home"))
                    .doesNotContain(System.getenv("PATH"))
                    .doesNotContainPattern("(?<![\\w-])" + (host.length() < 3 ? "no-host-name" : host) + "(?![\\w-])");
        }
    }

    @Test
    void insideOfTheWrapperTapsArePossible() throws Exception {
        Path wrapper = folder.resolve("unikernel/bin/java");
        assertThat(doctor(List.of(), "wrapper", wrapper.toString()).status()).isZero();
        Prerequisites.assumeSucceeds(List.of(wrapper.toString(), "-version"));

        Process process = new ProcessBuilder(wrapper.toString(), "-jar", jar.toString(), "doctor").start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out.replaceAll("\\s+", " "))
                .contains("yes own network namespace network namespace of our own (UNIKERNEL_NAMESPACE=1)")
                .contains(" + tap taken");
    }

    @Test
    void scriptOfTheProjectIsTheSame() throws Exception {
        Path script = Path.of("../bin/doctor");
        assumeTrue(Files.isExecutable(script), "there is no bin/doctor here");
        Process process = new ProcessBuilder(script.toString(), "--json").start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).startsWith("{").contains("\"canStart\": true");
    }

    private Said doctor(List<String> prefix, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-jar", jar.toString()));
        all.addAll(List.of(arguments));
        return said(prefix, Map.of(), all.toArray(String[]::new));
    }

    /** What Java says, in whose environment there are no settings of this test run's. */
    private Said said(List<String> prefix, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UNIKERNEL_"));
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would say that it took them
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out, Files.readString(err));
    }
}
