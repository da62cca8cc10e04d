package dev.unikernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestPathsTest {

    private static final String WHERE = "@UnikernelVm(image) of WebServerIT";

    @TempDir
    Path folder;

    private final SettingsFixture given = new SettingsFixture();

    @BeforeEach
    void workInTheFolder() {
        given.parameters.put("unikernel.workDir", folder.resolve("work").toString());
    }

    @ParameterizedTest
    @CsvSource({
        "target/web.img, /module/target/web.img",
        "./web.img, /module/web.img",
        "../other/web.img, /other/web.img",
        "/srv/web.img, /srv/web.img",
        "~/web.img, /home/ann/web.img",
        "~, /home/ann",
        "~bob/web.img, /module/~bob/web.img",
        "with space.img, /module/with space.img"
    })
    void pathsHangOnTheModuleOrTheHomeFolder(String text, Path path) {
        assertThat(resolve(text)).isEqualTo(path);
    }

    @Test
    void emptyAndImpossiblePathsAreRefused() {
        assertThatThrownBy(() -> resolve(" "))
                .isInstanceOf(ConfigException.class)
                .hasMessage("@UnikernelVm(image) of WebServerIT is empty. Expected is a path, such as target/web.img.");
        assertThatThrownBy(() -> resolve("a\0b"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "@UnikernelVm(image) of WebServerIT is 'a\0b', which is no path: Nul character not allowed.");
    }

    @ParameterizedTest
    @CsvSource({"classpath:guests/a b.img", "classpath:/guests/a b.img"})
    void resourceThatIsAFileIsUsedWhereItIs(String text) throws IOException {
        Path file = Files.createDirectories(folder.resolve("classes/guests")).resolve("a b.img");
        Files.writeString(file, "image");

        try (URLClassLoader loader = loader(folder.resolve("classes"))) {
            assertThat(new TestPaths(given.settings(), loader).resolve(text, WHERE))
                    .isEqualTo(file);
        }
        assertThat(folder.resolve("work")).doesNotExist();
    }

    @Test
    void resourceInAJarIsCopiedOnceUnderTheNameOfItsContent() throws IOException {
        try (URLClassLoader loader = loader(jar("one.jar", "image"))) {
            TestPaths paths = new TestPaths(given.settings(), loader);

            Path copy = paths.resolve("classpath:guests/web.img", WHERE);

            // echo -n image | sha256sum
            assertThat(copy).isEqualTo(folder.resolve("work/resources/6105d6cc76af4003-web.img"));
            assertThat(copy).hasContent("image");
            Object firstKey = Files.getAttribute(copy, "unix:ino");
            assertThat(paths.resolve("classpath:guests/web.img", WHERE)).isEqualTo(copy);
            assertThat(Files.getAttribute(copy, "unix:ino")).isEqualTo(firstKey);
            assertThat(files(copy.getParent())).containsExactly(copy);
        }
    }

    @Test
    void otherContentIsAnotherCopy() throws IOException {
        try (URLClassLoader first = loader(jar("one.jar", "image"));
                URLClassLoader second = loader(jar("two.jar", "other"))) {
            Path one = new TestPaths(given.settings(), first).resolve("classpath:guests/web.img", WHERE);
            Path two = new TestPaths(given.settings(), second).resolve("classpath:guests/web.img", WHERE);

            assertThat(one).hasContent("image");
            assertThat(two).hasContent("other").isNotEqualTo(one);
        }
    }

    @Test
    void copyOfTheWrongSizeIsReplaced() throws IOException {
        try (URLClassLoader loader = loader(jar("one.jar", "image"))) {
            TestPaths paths = new TestPaths(given.settings(), loader);
            Path copy = paths.resolve("classpath:guests/web.img", WHERE);
            Files.writeString(copy, "im");

            assertThat(paths.resolve("classpath:guests/web.img", WHERE))
                    .isEqualTo(copy)
                    .hasContent("image");
        }
    }

    @Test
    void manyMayCopyAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (URLClassLoader loader = loader(jar("one.jar", "image".repeat(100_000)))) {
            TestPaths paths = new TestPaths(given.settings(), loader);
            Callable<String> copy = () -> Files.readString(paths.resolve("classpath:guests/web.img", WHERE));
            Set<String> seen = new HashSet<>();
            for (Future<String> content :
                    threads.invokeAll(Stream.generate(() -> copy).limit(32).toList())) {
                seen.add(content.get());
            }

            assertThat(seen).containsExactly("image".repeat(100_000));
            assertThat(files(folder.resolve("work/resources"))).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void missingResourceIsRefused() {
        assertThatThrownBy(() -> resolve("classpath:guests/none.img"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "@UnikernelVm(image) of WebServerIT is 'classpath:guests/none.img', but there is no resource"
                                + " 'guests/none.img' on the class path. Put it under src/test/resources, or name a file"
                                + " without 'classpath:'.");
        assertThatThrownBy(() -> resolve("classpath:"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "@UnikernelVm(image) of WebServerIT is 'classpath:', but there is no resource ''");
    }

    @Test
    void folderThatCannotBeMadeIsSaid() throws IOException {
        given.parameters.put("unikernel.workDir", Files.createFile(folder.resolve("file")) + "/work");

        try (URLClassLoader loader = loader(jar("one.jar", "image"))) {
            URL url = loader.getResource("guests/web.img");
            TestPaths paths = new TestPaths(given.settings(), loader);

            assertThatThrownBy(() -> paths.resolve("classpath:guests/web.img", WHERE))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("@UnikernelVm(image) of WebServerIT is 'classpath:guests/web.img', but " + url
                            + " cannot be copied to " + folder + "/file/work/resources:"
                            + " java.nio.file.FileSystemException: " + folder + "/file/work: Not a directory");
        }
    }

    private Path resolve(String text) {
        return new TestPaths(given.settings(), getClass().getClassLoader()).resolve(text, WHERE);
    }

    private static URLClassLoader loader(Path path) throws IOException {
        return new URLClassLoader(new URL[] {path.toUri().toURL()}, null);
    }

    private Path jar(String name, String content) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("guests/web.img"));
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toList());
        }
    }
}
