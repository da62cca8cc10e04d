package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {

    private static final String WHERE = "@UnikernelVm(kernel) of WebServerIT";

    private final SettingsFixture given = new SettingsFixture();

    @Test
    void sourcesRuleInTheirOrder() {
        given.userFile.put("ops.kernel", "from-file");
        assertThat(resolve("${ops.kernel}")).isEqualTo("from-file");

        given.environment.put("OPS_KERNEL", "from-environment");
        assertThat(resolve("${ops.kernel}")).isEqualTo("from-environment");

        given.properties.put("ops.kernel", "from-property");
        assertThat(resolve("${ops.kernel}")).isEqualTo("from-property");

        given.parameters.put("ops.kernel", "from-parameter");
        assertThat(resolve("${ops.kernel}")).isEqualTo("from-parameter");
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "target/web.img, target/web.img",
        "${a}, A",
        "x${a}y, xAy",
        "${a}${b}, AB",
        "${a}/${b}/c, A/B/c",
        "$${a}, ${a}",
        "$${a}${a}, ${a}A",
        "cost $5 {}, cost $5 {}",
        "$, $"
    })
    void valuesStandInTheirPlaces(String text, String expected) {
        given.parameters.put("a", "A");
        given.environment.put("b", "B");

        assertThat(resolve(text)).isEqualTo(expected);
    }

    @Test
    void whatIsPutInIsNotLookedAtAgain() {
        given.parameters.put("a", "${b}");
        given.parameters.put("b", "B");

        assertThat(resolve("${a}")).isEqualTo("${b}");
    }

    @ParameterizedTest
    @CsvSource({
        "${a}-${vm.db.address}-${a}, A-${vm.db.address}-A",
        "$${vm.db.address}$${a}, $${vm.db.address}${a}",
        "${vm.db.address}, ${vm.db.address}"
    })
    void whatSomebodyElseKnowsStays(String text, String expected) {
        given.parameters.put("a", "A");

        assertThat(new Placeholders(given.settings()).resolve(text, WHERE, name -> name.startsWith("vm.")))
                .isEqualTo(expected);
    }

    @Test
    void unknownNameSaysWhereItStoodAndWhatWasLookedAt() {
        assertThatThrownBy(() -> resolve("${ops.kernel}/kernel.img"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("@UnikernelVm(kernel) of WebServerIT is '${ops.kernel}/kernel.img', but nothing gives"
                        + " ops.kernel a value. Looked at: JUnit configuration parameter ops.kernel, system property"
                        + " ops.kernel, environment variable ops.kernel or OPS_KERNEL, ops.kernel in"
                        + " /home/ann/.unikernel-junit.properties. Set one of them, for instance with"
                        + " -Dops.kernel=...");
    }

    @Test
    void blankAndUnreplacedValuesAreUnknown() {
        given.parameters.put("a", " ");
        given.properties.put("a", "${a}");

        assertThatThrownBy(() -> resolve("${a}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("@UnikernelVm(kernel) of WebServerIT is '${a}', but nothing gives a a value.");
    }

    @Test
    void openPlaceholderIsRefused() {
        assertThatThrownBy(() -> resolve("target/${a"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("@UnikernelVm(kernel) of WebServerIT is 'target/${a', where the placeholder at character 8"
                        + " is not closed. Close it with }, or write $${ for a plain ${.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${}", "${ }"})
    void namelessPlaceholderIsRefused(String text) {
        assertThatThrownBy(() -> resolve(text))
                .isInstanceOf(ConfigException.class)
                .hasMessage("@UnikernelVm(kernel) of WebServerIT is '" + text + "', where a placeholder has no name."
                        + " Name a property, as in ${ops.kernel}, or write $${ for a plain ${.");
    }

    private String resolve(String text) {
        return new Placeholders(given.settings()).resolve(text, WHERE);
    }
}
