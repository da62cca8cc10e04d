package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.MemorySize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VmSpecTest {

    @Test
    void hasTheDocumentedDefaults() {
        VmSpec spec = VmSpec.builder().kernel(Path.of("k")).build();
        assertThat(spec.name()).isEqualTo("vm");
        assertThat(spec.cpus()).isEqualTo(1);
        assertThat(spec.memory()).isEqualTo(MemorySize.parse("256M"));
        assertThat(spec.port()).isEqualTo(8080);
        assertThat(spec.startupTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(spec.readyWhen()).isEqualTo(ReadyWhen.http("/"));
        assertThat(spec.image()).isEmpty();
        assertThat(spec.cmdline()).isEmpty();
    }

    @Test
    void aKernelOrAnImageIsRequired() {
        assertThatThrownBy(() -> VmSpec.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernel: not set; expected the path of an ELF with a PVH note or of a Linux bzImage, or an"
                        + " image of Nanos with its kernel in it");
        assertThat(VmSpec.builder().image(Path.of("i")).build().kernel()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65536, 70000})
    void rejectsPortsOutOfRange(int port) {
        assertThatThrownBy(() -> VmSpec.builder().port(port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port: expected a port from 1 to 65535, but was: " + port);
        assertThatThrownBy(() -> VmSpec.builder().ports(80, port))
                .hasMessage("ports: expected a port from 1 to 65535, but was: " + port);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, 255})
    void rejectsCpusOutOfRange(int cpus) {
        assertThatThrownBy(() -> VmSpec.builder().cpus(cpus)).hasMessage("cpus: expected 1 to 254, but was: " + cpus);
    }

    @Test
    void rejectsNamesThatAreNoFileNames() {
        assertThatThrownBy(() -> VmSpec.builder().name("../x"))
                .hasMessage("name: expected 1 to 64 letters, digits, dots, underscores or hyphens, but was: '../x'");
    }

    @Test
    void rejectsATimeThatIsOverBeforeItBegins() {
        assertThatThrownBy(() -> VmSpec.builder().startupTimeout(Duration.ZERO))
                .hasMessage("startupTimeout: expected more than zero, but was: PT0S");
        assertThatThrownBy(() -> VmSpec.builder().startupTimeout(Duration.ofMillis(-1)))
                .hasMessage("startupTimeout: expected more than zero, but was: PT-0.001S");
    }

    @ParameterizedTest
    @CsvSource({"exit \\d+, 0", "(exit) (\\d+), 2"})
    void anExitCodeIsOneGroup(String regex, int groups) {
        assertThatThrownBy(() -> VmSpec.builder().exitCodeOnSerial(regex))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "exitCodeOnSerial: expected a regular expression with exactly one group, the exit code, as in"
                                + " \"exit (\\d+)\", but '" + regex + "' has " + groups
                                + "; groups for other ends are (?:...)");
        assertThatThrownBy(() -> VmSpec.builder().exitCodeOnSerial("(")).isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void readinessRejectsPathsAndStatusesThatHttpDoesNotHave() {
        assertThatThrownBy(() -> ReadyWhen.http("health", 200))
                .hasMessage("the readiness path begins with '/' and has no blanks, but was: 'health'");
        assertThatThrownBy(() -> ReadyWhen.http("/a b", 200))
                .hasMessage("the readiness path begins with '/' and has no blanks, but was: '/a b'");
        assertThatThrownBy(() -> ReadyWhen.http("/", 99))
                .hasMessage("the readiness status is an HTTP status from 100 to 599, but was: 99");
    }

    @Test
    void keepsAllThatIsSet() {
        VmSpec spec = full().build();

        assertThat(spec.name()).isEqualTo("web");
        assertThat(spec.owner()).isEqualTo("WebTest");
        assertThat(spec.kernel()).contains(Path.of("k"));
        assertThat(spec.image()).contains(Path.of("i"));
        assertThat(spec.initramfs()).contains(Path.of("r"));
        assertThat(spec.cmdline()).isEqualTo("quiet");
        assertThat(spec.memory()).isEqualTo(MemorySize.parse("64M"));
        assertThat(spec.cpus()).isEqualTo(2);
        assertThat(spec.port()).isEqualTo(80);
        assertThat(spec.ports()).containsExactly(443, 8443);
        assertThat(spec.readyWhen()).isEqualTo(ReadyWhen.leased());
        assertThat(spec.startupTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(spec.failOnSerial().orElseThrow()).hasToString("FATAL");
        assertThat(spec.exitCodeOnSerial().orElseThrow()).hasToString("exit (\\d+)");
        assertThat(spec.extraDisks()).containsExactly(Path.of("d"));
        assertThat(spec.readOnlyDisks()).containsExactly(Path.of("s"));
        assertThat(spec.hypervisorArgs()).containsExactly("--more");
        assertThat(spec.network()).isEqualTo("lan");
    }

    @Test
    void peersAreThoseWhoseAddressesTheCommandLineAsksFor() {
        assertThat(full().build().peers()).isEmpty();
        assertThat(full().cmdline("${vm.db.address} ${vm.web.address}:${vm.db.address} $${vm.no.address} ${vm.db}")
                        .build()
                        .peers())
                .containsExactly("db", "web");
    }

    @Test
    void peersNeedNamesAndANetwork() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full().cmdline("${vm.d b.address}").build())
                .withMessageStartingWith("cmdline: the VM in ${vm.d b.address}: expected 1 to 64 letters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VmSpec.builder()
                        .kernel(Path.of("k"))
                        .cmdline("${vm.db.address}")
                        .build())
                .withMessageStartingWith("cmdline: asks for the address of [db], but VM 'vm' shares no network");
    }

    @Test
    void isEqualToOneOfTheSameWords() {
        assertThat(full().build()).isEqualTo(full().build()).hasSameHashCodeAs(full().build());
        assertThat(full().build().hashCode())
                .isNotEqualTo(full().name("db").build().hashCode());
    }

    @Test
    void eachAttributeMakesADifference() {
        List<UnaryOperator<VmSpec.Builder>> changes = List.of(
                spec -> spec.name("db"),
                spec -> spec.owner("DbTest"),
                spec -> spec.kernel(Path.of("other")),
                spec -> spec.image(Path.of("other")),
                spec -> spec.initramfs(Path.of("other")),
                spec -> spec.cmdline("other"),
                spec -> spec.memory(MemorySize.parse("65M")),
                spec -> spec.cpus(3),
                spec -> spec.port(81),
                spec -> spec.ports(443),
                spec -> spec.readyWhen(ReadyWhen.tcp()),
                spec -> spec.startupTimeout(Duration.ofSeconds(6)),
                spec -> spec.failOnSerial("ERROR"),
                spec -> spec.exitCodeOnSerial("code (\\d+)"),
                spec -> spec.extraDisks(List.of()),
                spec -> spec.readOnlyDisks(List.of()),
                spec -> spec.hypervisorArgs(List.of()),
                spec -> spec.network("dmz"),
                spec -> spec.outbound(true));

        assertThat(changes.stream().map(change -> change.apply(full()).build()).distinct())
                .hasSameSizeAs(changes)
                .doesNotContain(full().build());
        assertThat(full().build()).isNotEqualTo("another kind of thing");
    }

    @Test
    void printsItsValues() {
        assertThat(full().build().toString())
                .startsWith("VmSpec[web, WebTest, ")
                .contains("quiet", "FATAL", "--more");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65535})
    void acceptsTheFirstAndTheLastPort(int port) {
        assertThat(full().port(port).build().port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 254})
    void acceptsOneAndTheMostCpus(int cpus) {
        assertThat(full().cpus(cpus).build().cpus()).isEqualTo(cpus);
    }

    @Test
    void ownerBecomesPartOfAFileName() {
        assertThat(full().owner("Web Test/$1").build().owner()).isEqualTo("Web_Test_$1");
    }

    private static VmSpec.Builder full() {
        return VmSpec.builder()
                .name("web")
                .owner("WebTest")
                .kernel(Path.of("k"))
                .image(Path.of("i"))
                .initramfs(Path.of("r"))
                .cmdline("quiet")
                .memory("64M")
                .cpus(2)
                .port(80)
                .ports(443, 8443)
                .readyWhen(ReadyWhen.leased())
                .startupTimeout(Duration.ofSeconds(5))
                .failOnSerial("FATAL")
                .exitCodeOnSerial("exit (\\d+)")
                .extraDisks(List.of(Path.of("d")))
                .readOnlyDisks(List.of(Path.of("s")))
                .hypervisorArgs(List.of("--more"))
                .network("lan");
    }
}
