package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of the settings in the docs is what the code says; with {@code -Ddocs.update=true} it is written anew. */
class SettingsPageTest {

    private static final Path PAGE = Path.of("docs/settings.md");

    @Test
    void thePageIsTheOneThatTheKeysMake() throws IOException {
        String page = page();
        if (Boolean.getBoolean("docs.update")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE)
                .as("write it anew: mvn -pl extension test -Dtest=SettingsPageTest -Ddocs.update=true")
                .content()
                .isEqualTo(page);
    }

    private static String page() {
        return "# Settings\n\n"
                + "Made from the code (`Keys`). Each setting is looked for, the first that is set rules, in:\n\n"
                + "1. JUnit's configuration parameters, which include `-D` system properties and `junit-platform.properties`;\n"
                + "   without JUnit the system properties take this place;\n"
                + "2. the environment, by the names in the table;\n"
                + "3. `~/.unikernel-junit.properties`;\n"
                + "4. the default. What stands in an annotation rules over all of these.\n\n"
                + "A blank value counts as none. A value that cannot be is an error that names its place; a `unikernel.` name\n"
                + "that is no setting is warned of, with the nearest one.\n\n"
                + "| setting | environment | must be | default | what it decides |\n|---|---|---|---|---|\n"
                + Keys.all().stream().map(SettingsPageTest::row).collect(Collectors.joining());
    }

    private static String row(Key<?> key) {
        return "| `" + key.name() + "` | `" + String.join("`, `", key.environmentNames()) + "` | " + key.form() + " | "
                + key.standard() + " | " + key.description() + " |\n";
    }
}
