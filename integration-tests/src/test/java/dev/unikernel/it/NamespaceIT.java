package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmExit;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to VMs in a helper's namespaces. */
@Tag("namespace")
@ExtendWith(NeedsTheHypervisor.class)
@LeavesNothing
class NamespaceIT {

    /** What a VM could change of the host's network, by the programs that show it; not all are everywhere. */
    private static final List<List<String>> HOST_NETWORK = List.of(
            List.of("ip", "-details", "link"),
            List.of("ip", "address"),
            List.of("ip", "route", "show", "table", "all"),
            List.of("ip", "rule"),
            List.of("ip", "neighbour"),
            List.of("ip", "netns"),
            List.of("nft", "list", "ruleset"),
            List.of("iptables-save"),
            List.of("bridge", "link"),
            List.of("tc", "qdisc"));

    @TempDir
    static Path folder;

    private static VmSpec spec;

    @BeforeAll
    static void makeImage() throws IOException {
        Path image = folder.resolve("web.img");
        FixtureImage.builder().build().writeTo(image);
        spec = VmSpec.builder().kernel(FixtureGuest.kernel()).image(image).build();
    }

    @Test
    void theHostsNetworkIsNotTouched() throws Exception {
        Map<String, String> before = hostNetwork();
        try (Vm vm = VmLauncher.create().start(spec)) {
            assertThat(vm.address().getHostAddress()).startsWith("127.77.");
            assertThat(vm.lease().address().getHostAddress()).startsWith("198.18.");
            assertThat(Http.get(vm.uri()).statusCode()).isEqualTo(200);
            assertThat(hostNetwork()).isEqualTo(before);
        }
        assertThat(hostNetwork()).isEqualTo(before);
    }

    @Test
    void thePlanNamesTheMode() {
        assertThat(VmLauncher.create().plan(spec).networkMode()).isEqualTo(NetworkMode.NAMESPACE);
    }

    /** They are processes of its namespaces. */
    @Test
    void aKilledHelperTakesItsVmsWithItAndTheNextVmGetsAnotherHelper() throws Exception {
        try (Vm first = VmLauncher.create().start(spec);
                Vm second = VmLauncher.create().start(spec)) {
            long helper = helper().pid();
            assertThat(ProcessHandle.of(helper).orElseThrow().destroyForcibly()).isTrue();
            for (Vm vm : List.of(first, second)) {
                VmExit exit = vm.awaitExit(Duration.ofSeconds(10)).orElseThrow();
                assertThat(exit.cause()).contains("was killed by signal 9");
            }
            try (Vm third = VmLauncher.create().start(spec)) {
                assertThat(helper().pid()).isNotEqualTo(helper);
                assertThat(Http.get(third.uri()).statusCode()).isEqualTo(200);
                assertThat(third.address()).isNotIn(first.address(), second.address());
            }
        }
    }

    @Test
    void theVmmIsKnownByItsOwnProcessId() throws Exception {
        try (Vm vm = VmLauncher.create().start(spec)) {
            Path program = Files.readSymbolicLink(Path.of("/proc/" + vm.pid() + "/exe"));
            assertThat(program).isEqualTo(Path.of(commandOf(vm)).toRealPath());
        }
    }

    private static String commandOf(Vm vm) throws IOException {
        return Files.readString(Path.of("/proc/" + vm.pid() + "/cmdline")).split("\0")[0];
    }

    private static ProcessHandle helper() {
        return Awaitility.await()
                .until(
                        () -> ProcessHandle.current()
                                .descendants()
                                .filter(process -> process.info()
                                        .commandLine()
                                        .orElse("")
                                        .matches(".*/java .*network\\.namespace\\.NamespaceInit.*"))
                                .filter(process ->
                                        process.info().command().orElse("").endsWith("/java"))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private static Map<String, String> hostNetwork() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (List<String> command : HOST_NETWORK) {
            try {
                Process process =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                process.waitFor();
                // Counters and times go on by themselves.
                shown.put(
                        String.join(" ", command),
                        said.replaceAll("\\b(expires|used|age) \\d+\\S*|\\[\\d+:\\d+]|^#.*", ""));
            } catch (IOException absent) {
                shown.put(String.join(" ", command), "not installed");
            }
        }
        return shown;
    }
}
