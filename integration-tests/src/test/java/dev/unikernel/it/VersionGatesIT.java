package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.config.Keys;
import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.it.CloudHypervisors.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the versions of Cloud Hypervisor are taken to do differently, asked of each one itself, without this extension in
 * between. A command line is known to be accepted by an error about the kernel, which is looked for after it.
 */
@GuestTest
@Tag("kvm")
@Timeout(60)
class VersionGatesIT {

    private static final String ACCEPTED = "(?s).*(?:Cannot open kernel file|KernelFile\\(Os \\{ code: 2).*";
    private static final Version CLAP = new Version(36, 0);
    private static final Version REPEATABLE = new Version(52, 0);
    private static final Version IMAGE_TYPE = new Version(50, 1);
    private static final Version ADDRESSES_UNSEEN_TAPS = new Version(37, 0);
    private static final Version LEAVES_UNSEEN_TAPS = new Version(49, 0);

    /** /sys still shows the namespace around it, as it would not with {@code ip netns exec}. */
    private static final List<String> IN_ANOTHER_NAMESPACE =
            List.of("unshare", "--net", "sh", "-c", "ip link set lo up && eval \"$0\"");

    private static final String WITH_A_TAP = "ip tuntap add dev uk9 mode tap && ip addr add 198.18.0.1/30 dev uk9"
            + " && ip link set uk9 up && \"$@\" && ip -oneline -4 addr show dev uk9";

    @TempDir
    Path folder;

    static List<Found> all() {
        return CloudHypervisors.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void imageTypeIsKnownFrom50Point1On(Found found) throws Exception {
        assertThat(said(found, "--disk", disk("a") + ",image_type=raw"))
                .matches(found.version().isAtLeast(IMAGE_TYPE) ? ACCEPTED : "(?s).*unknown option: image_type.*");
    }

    @ParameterizedTest
    @MethodSource("all")
    void severalDisksOfOneFlagAreKnownFrom36On(Found found) throws Exception {
        assertThat(said(found, "--disk", disk("a"), disk("b")))
                .matches(found.version().isAtLeast(CLAP) ? ACCEPTED : "(?s).*Unrecognized argument: path=.*");
    }

    @ParameterizedTest
    @MethodSource("all")
    void repeatedFlagIsRefusedFrom36To51(Found found) throws Exception {
        boolean refused = found.version().isAtLeast(CLAP) && !found.version().isAtLeast(REPEATABLE);
        assertThat(said(found, "--disk", disk("a"), "--disk", disk("b")))
                .matches(refused ? "(?s).*cannot be used multiple times.*" : ACCEPTED);
    }

    @ParameterizedTest
    @MethodSource("all")
    void tapThatSysDoesNotShowGetsAnotherAddressFrom37To48(Found found) throws Exception {
        String said = inAnotherNamespace(
                WITH_A_TAP,
                found.binary().toString(),
                "--cpus",
                "boot=1",
                "--memory",
                "size=64M",
                "--console",
                "off",
                "--serial",
                "off",
                "--kernel",
                FixtureGuest.kernel().toString(),
                "--cmdline",
                "exit=0@entry",
                "--net",
                "tap=uk9,mac=02:00:00:00:00:01");

        assertThat(said).contains(readdresses(found) ? "inet 192.168.249.1/24" : "inet 198.18.0.1/30");
    }

    /** In such a place we refuse to start it, since the guest would then get no answer. */
    @ParameterizedTest
    @MethodSource("all")
    void tapThatWouldGetAnotherAddressIsSaid(Found found) throws Exception {
        String said = inAnotherNamespace(
                "exec \"$@\"",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-D" + Keys.HYPERVISOR.name() + "=cloud-hypervisor",
                "-D" + Keys.NETWORK.name() + "=tap",
                "-D" + Keys.CLOUD_HYPERVISOR_BINARY.name() + "=" + found.binary(),
                "-D" + Keys.TIMEOUT_FACTOR.name() + "=" + System.getProperty(Keys.TIMEOUT_FACTOR.name(), "1"),
                "-D" + Keys.WORK_DIR.name() + "=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                RefusedMain.class.getName(),
                FixtureGuest.kernel().toString());

        assertThat(said.strip())
                .matches(
                        readdresses(found)
                                ? "(?s).*" + found + " would give another address to the tap uk\\w+, because"
                                        + " /sys/class/net/uk\\w+ does not exist: /sys shows another network namespace.*"
                                : "started");
    }

    private static boolean readdresses(Found found) {
        return found.version().isAtLeast(ADDRESSES_UNSEEN_TAPS)
                && !found.version().isAtLeast(LEAVES_UNSEEN_TAPS);
    }

    private String inAnotherNamespace(String script, String... command) throws Exception {
        return run(Stream.of(IN_ANOTHER_NAMESPACE, List.of(script), List.of(command))
                .flatMap(List::stream)
                .toArray(String[]::new));
    }

    private String disk(String name) throws IOException {
        return "path=" + Files.write(folder.resolve(name), new byte[512]);
    }

    private String said(Found found, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                found.binary().toString(),
                "--kernel",
                folder.resolve("no-kernel").toString()));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws Exception {
        Path output = Files.createTempFile(folder, "output", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS))
                    .as(String.join(" ", command))
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }
}
