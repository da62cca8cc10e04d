package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What README shows is what the projects of {@code src/it} build and run. */
class ReadmeTest {

    private static final Path PROJECTS = Path.of("src/it");

    /** A fenced block: its language and its text. */
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

    @Test
    void firstTestIsTheOneThatTheProjectsRun() throws IOException {
        String shown = blocks("java").get(0);
        for (String project : List.of("okhttp5", "okhttp4")) {
            assertThat(PROJECTS.resolve(project + "/src/test/java/WebServerIT.java"))
                    .content()
                    .isEqualTo(shown);
        }
    }

    @Test
    void whatGoesIntoAPomIsInTheProjectsPoms() throws IOException {
        String poms = withoutIndentation(poms());
        assertThat(blocks("xml")).hasSizeGreaterThanOrEqualTo(4).allSatisfy(block -> assertThat(poms)
                .contains(withoutIndentation(block)));
    }

    private static String poms() throws IOException {
        try (Stream<Path> projects = Files.list(PROJECTS)) {
            StringBuilder poms = new StringBuilder();
            for (Path project : projects.filter(Files::isDirectory).sorted().toList()) {
                poms.append(Files.readString(project.resolve("pom.xml")));
            }
            return poms.toString().replace("@project.version@", System.getProperty("project.version"));
        }
    }

    private static List<String> blocks(String language) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("../README.md")))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
