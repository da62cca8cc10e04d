package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A project of {@code src/it} after its {@code mvn verify}, for its script {@code verify.groovy}: that a build succeeded
 * does not say yet that a test ran, nor that a guest did.
 */
public final class FinishedBuild {

    private static final String TEST_CLASS = "WebServerIT";

    /** Groups that a project declares itself, or that come with what it declares. */
    private static final List<String> OF_THE_USER = List.of("org/junit/", "org/opentest4j/", "org/apiguardian/");

    private final Path folder;
    private final Element report;

    /** @param folder where the project's pom is */
    public FinishedBuild(Path folder) {
        this.folder = folder;
        this.report = report(folder.resolve("target/failsafe-reports/TEST-" + TEST_CLASS + ".xml"));
    }

    /** One test ran and passed, and a guest wrote to its serial console that it had an address and served. */
    public void assertOneTestMetAGuest() {
        assertThat(List.of("tests", "failures", "errors", "skipped"))
                .as("tests, failures, errors and skips of " + TEST_CLASS)
                .extracting(report::getAttribute)
                .containsExactly("1", "0", "0", "0");
        assertThat(serialLogs()).as("serial logs of the guests").singleElement().satisfies(log -> assertThat(log)
                .content()
                .contains("Server started on port 8080", "assigned: "));
    }

    /** Beside what the project declares itself, our two artifacts bring these and no others. */
    public void assertOursBringOnly(String... artifacts) {
        assertThat(resolved())
                .filteredOn(artifact -> OF_THE_USER.stream().noneMatch(artifact.path()::startsWith))
                .extracting(Artifact::name)
                .contains("unikernel-junit", "unikernel-junit-fixtures")
                .filteredOn(name -> !name.startsWith("unikernel-junit"))
                .containsExactlyInAnyOrder(artifacts);
    }

    /** Every artifact of JUnit on the test's class path has the version that the project asks for. */
    public void assertJUnitIs(String version) {
        assertThat(resolved())
                .filteredOn(artifact -> artifact.path().startsWith("org/junit/"))
                .isNotEmpty()
                .extracting(Artifact::version)
                .containsOnly(version);
    }

    /** The project's own okhttp is the only one. */
    public void assertOkHttpIs(String artifact, String version) {
        assertThat(resolved())
                .filteredOn(each -> each.path().startsWith("com/squareup/okhttp3/"))
                .extracting(each -> each.name() + " " + each.version())
                .containsExactly(artifact + " " + version);
    }

    /** The jar of the extension holds no class outside of our packages: none that could meet the user's own. */
    public void assertOurJarKeepsToItself() {
        Path jar = resolved().stream()
                .filter(artifact -> artifact.name().equals("unikernel-junit"))
                .map(Artifact::jar)
                .findFirst()
                .orElseThrow();
        try (JarFile file = new JarFile(jar.toFile())) {
            assertThat(file.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")))
                    .as("classes in " + jar)
                    .contains("dev/unikernel/junit/UnikernelVm.class")
                    .allMatch(name -> name.startsWith("dev/unikernel/"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + jar, e);
        }
    }

    /** @param path below the repository: the group's folders, the name, the version, the file */
    private record Artifact(Path jar, String path) {

        String name() {
            return jar.getParent().getParent().getFileName().toString();
        }

        String version() {
            return jar.getParent().getFileName().toString();
        }
    }

    /** The jars on the class path that the test ran with; all of them are in the repository that the projects share. */
    private List<Artifact> resolved() {
        Path repository = folder.resolve("../../local-repo").normalize();
        NodeList properties = report.getElementsByTagName("property");
        String classPath = IntStream.range(0, properties.getLength())
                .mapToObj(index -> (Element) properties.item(index))
                .filter(property -> property.getAttribute("name").equals("surefire.test.class.path"))
                .map(property -> property.getAttribute("value"))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(classPath.split(":"))
                .map(Path::of)
                .filter(path -> !path.startsWith(folder))
                .map(jar -> new Artifact(jar, repository.relativize(jar).toString()))
                .toList();
    }

    private List<Path> serialLogs() {
        Path logs = folder.resolve("target/unikernel");
        try (Stream<Path> files = Files.find(logs, 8, (path, attributes) -> path.endsWith("serial.log"))) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError("no logs below " + logs + ": did a VM start? " + e, e);
        }
    }

    private static Element report(Path file) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new AssertionError("no report " + file + ": did the test run? " + e, e);
        }
    }
}
