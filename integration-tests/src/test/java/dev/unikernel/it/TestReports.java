package dev.unikernel.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What the XML reports of Surefire, Failsafe or JUnit's launcher in a folder say. */
public final class TestReports {

    private final Path folder;
    private final List<Element> suites;

    public TestReports(Path folder) {
        this.folder = folder;
        try (Stream<Path> files = Files.list(folder)) {
            this.suites = files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .map(TestReports::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("no reports in " + folder + ": did the tests run?", e);
        }
    }

    /** @param outcome {@code passed}, or the name of the element that says otherwise: failure, error, skipped, flakyError ... */
    public record TestCase(String testClass, String name, String outcome, String message) {}

    List<TestCase> cases() {
        return suites.stream()
                .flatMap(suite -> elements(suite, "testcase"))
                .map(TestReports::testCase)
                .toList();
    }

    /** How many tests of each class passed; those of nested classes count for the outer one. */
    public Map<String, Long> passedOfClasses() {
        return cases().stream()
                .filter(test -> test.outcome().equals("passed"))
                .collect(Collectors.groupingBy(
                        test -> test.testClass().replaceAll(".*\\.|\\$.*", ""), TreeMap::new, Collectors.counting()));
    }

    public List<TestCase> othersThanPassed() {
        return cases().stream().filter(test -> !test.outcome().equals("passed")).toList();
    }

    /** A system property of the JVM that ran the tests. */
    public String property(String name) {
        return suites.stream()
                .flatMap(suite -> elements(suite, "property"))
                .filter(property -> property.getAttribute("name").equals(name))
                .map(property -> property.getAttribute("value"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no property " + name + " in the reports in " + folder));
    }

    /** All that the reports hold: names, messages, output. */
    public String texts() {
        return suites.stream().map(Element::getTextContent).collect(Collectors.joining());
    }

    private static TestCase testCase(Element test) {
        return Stream.of("error", "failure", "skipped", "flakyError", "flakyFailure")
                .flatMap(outcome -> elements(test, outcome))
                .map(element -> of(test, element.getTagName(), element.getAttribute("message")))
                .findFirst()
                .orElseGet(() -> of(test, "passed", ""));
    }

    private static TestCase of(Element test, String outcome, String message) {
        return new TestCase(test.getAttribute("classname"), test.getAttribute("name"), outcome, message);
    }

    private static Stream<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        return IntStream.range(0, found.getLength()).mapToObj(index -> (Element) found.item(index));
    }

    private static Element parse(Path file) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new AssertionError("cannot read the report " + file, e);
        }
    }
}
