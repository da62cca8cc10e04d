package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What a user's build gets from a repository. */
class PublishedArtifactIT {

    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    @Test
    void nothingOfTheUsersIsForcedOnHim() throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("../extension/dependency-reduced-pom.xml").toFile());
        NodeList dependencies =
                (NodeList) XPATH.evaluate("/project/dependencies/dependency", pom, XPathConstants.NODESET);
        List<String> transitive = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (int index = 0; index < dependencies.getLength(); index++) {
            Node dependency = dependencies.item(index);
            String name = XPATH.evaluate("artifactId", dependency);
            String scope = XPATH.evaluate("scope", dependency);
            all.add(name);
            if (List.of("", "compile", "runtime").contains(scope)) {
                transitive.add(name);
            }
        }

        assertThat(transitive).containsExactlyInAnyOrder("awaitility", "jspecify");
        assertThat(all).doesNotContain("gson", "junit-bom");
        assertThat(XPATH.evaluate("count(/project/dependencyManagement)", pom)).isEqualTo("0");
    }

    @Test
    void theJarHasAModuleName() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .isEqualTo("dev.unikernel.junit");
        }
    }

    @Test
    void allThatIsInTheJarIsInOurPackages() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(name).startsWith("dev/unikernel/"));
        }
    }

    /** The jar that this build has made of the extension. */
    static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../extension/target"))) {
            return files.filter(
                            file -> file.getFileName().toString().matches("unikernel-junit-[^-]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no jar in ../extension/target"));
        }
    }
}
