package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.config.Source.Environment;
import dev.unikernel.config.Source.PropertiesFile;
import dev.unikernel.config.Source.SystemProperties;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnknownKeysTest {

    private final List<String> log = new ArrayList<>();
    private final UnknownKeys unknown = new UnknownKeys(log::add);

    @Test
    void misspelledSettingIsWarnedOfWithTheNearest() {
        warn(Map.of("unikernel.hypervsor", "qemu"), Map.of(), Map.of());

        assertThat(log)
                .containsExactly("There is no setting unikernel.hypervsor (system property unikernel.hypervsor); it has"
                        + " no effect. The nearest one is unikernel.hypervisor.");
    }

    @Test
    void variableIsWarnedOfWithTheNearestVariable() {
        warn(Map.of(), Map.of("UNIKERNEL_WHENUNAVAILABLE", "skip"), Map.of());

        assertThat(log)
                .containsExactly("There is no setting UNIKERNEL_WHENUNAVAILABLE (environment variable"
                        + " UNIKERNEL_WHENUNAVAILABLE); it has no effect. The nearest one is"
                        + " UNIKERNEL_WHEN_UNAVAILABLE.");
    }

    @Test
    void userFileIsWarnedOf() {
        warn(Map.of(), Map.of(), Map.of("unikernel.taps", "tap0"));

        assertThat(log)
                .containsExactly("There is no setting unikernel.taps (unikernel.taps in /home/ann/x.properties); it has"
                        + " no effect. The nearest one is unikernel.tap.");
    }

    @Test
    void parametersOfJunitAreWarnedOf() {
        unknown.warn(List.of("unikernel.dchp", "unikernel.dhcp"), name -> "JUnit configuration parameter " + name);

        assertThat(log)
                .containsExactly("There is no setting unikernel.dchp (JUnit configuration parameter unikernel.dchp); it"
                        + " has no effect. The nearest one is unikernel.dhcp.");
    }

    @Test
    void eachIsWarnedOfOnce() {
        warn(Map.of("unikernel.x", ""), Map.of(), Map.of());
        warn(Map.of("unikernel.x", ""), Map.of(), Map.of());

        assertThat(log).hasSize(1);
    }

    @Test
    void knownForeignAndInternalNamesAreLeftAlone() {
        warn(
                Map.of("unikernel.hypervisor", "qemu", "ops.kernel", "/k", "unikernels", "x"),
                Map.of(
                        "UNIKERNEL_NETWORK", "user",
                        "UNIKERNEL_NAMESPACE", "1",
                        "UNIKERNEL_JAVA", "/usr/bin/java",
                        "UNIKERNEL_FIXTURES_LINUX", "x",
                        "PATH", "/bin"),
                Map.of("unikernel.required", "true", "ops.kernel", "/k"));

        assertThat(log).isEmpty();
    }

    @Test
    void editDistanceCountsChanges() {
        assertThat(EditDistance.between("tap", "tap")).isZero();
        assertThat(EditDistance.between("tap", "TAP")).isZero();
        assertThat(EditDistance.between("", "tap")).isEqualTo(3);
        assertThat(EditDistance.between("kitten", "sitting")).isEqualTo(3);
    }

    private void warn(Map<String, String> properties, Map<String, String> environment, Map<String, String> userFile) {
        unknown.warn(
                new SystemProperties(properties),
                new Environment(environment),
                new PropertiesFile(Path.of("/home/ann/x.properties"), userFile));
    }
}
