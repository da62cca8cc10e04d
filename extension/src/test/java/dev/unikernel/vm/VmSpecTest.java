package dev.unikernel.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.MemorySize;
import java.nio.file.Path;
import java.time.Duration;
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
}
