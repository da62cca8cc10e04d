package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each test that the page of complaints names exists. */
class ComplaintsPageTest {

    private static final Pattern REFERENCE = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

    @Test
    void namesTestsThatExist() throws IOException {
        List<MatchResult> references = REFERENCE
                .matcher(Files.readString(Path.of("../extension/docs/complaints.md")))
                .results()
                .toList();

        assertThat(references).hasSizeGreaterThan(50);
        for (MatchResult reference : references) {
            assertThat(source(reference.group(1))).as(reference.group()).contains(" " + reference.group(2) + "(");
        }
    }

    private static String source(String testClass) throws IOException {
        for (String module : List.of("../extension", "../integration-tests")) {
            try (Stream<Path> files = Files.walk(Path.of(module, "src/test/java"))) {
                List<Path> found =
                        files.filter(file -> file.endsWith(testClass + ".java")).toList();
                if (!found.isEmpty()) {
                    return Files.readString(found.get(0));
                }
            }
        }
        return "there is no class " + testClass;
    }
}
