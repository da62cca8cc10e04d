package dev.unikernel.config;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Turns the paths that users write into absolute ones: {@code classpath:guests/web.img}, {@code ~/guests/web.img}, {@code
 * /srv/web.img}, or {@code target/web.img} in the Maven module of the test (the system property {@code basedir} that
 * Surefire sets, else the working folder).
 *
 * <p>A resource that is a file is used where it is. One in a jar is copied once to {@code resources} in the folder of
 * {@link Keys#WORK_DIR}, under a name that contains the SHA-256 of its content: later runs find it there, and whatever
 * cleans that folder cleans it.
 */
public final class TestPaths {

    private static final String CLASSPATH = "classpath:";

    private final Locations locations;
    private final ResourceCopies copies;
    private final ClassLoader loader;

    /**
     * @param loader finds the resources
     * @throws ConfigException if {@link Keys#WORK_DIR} is not valid
     */
    public TestPaths(Settings settings, ClassLoader loader) {
        this.locations = settings.locations();
        this.copies = new ResourceCopies(settings.get(Keys.WORK_DIR).resolve("resources"));
        this.loader = loader;
    }

    /**
     * The absolute path; whether there is a file is not looked at, but a resource must exist.
     *
     * @param text what the user wrote, placeholders replaced
     * @param where where it stood, for the error: {@code "@UnikernelVm(kernel) of WebServerIT"}
     * @throws ConfigException if the text is no path, or the resource does not exist or cannot be copied
     */
    public Path resolve(String text, String where) {
        if (text.startsWith(CLASSPATH)) {
            return resource(text, where);
        }
        if (text.isBlank()) {
            throw new ConfigException(where + " is empty. Expected is a path, such as target/web.img.");
        }
        try {
            return locations.resolve(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(where + " is '" + text + "', which is no path: " + e.getReason() + ".", e);
        }
    }

    private Path resource(String text, String where) {
        // A class loader knows no leading slash, but people who come from Class.getResource write one.
        String name = text.substring(CLASSPATH.length()).replaceFirst("^/+", "");
        URL url = name.isEmpty() ? null : loader.getResource(name);
        if (url == null) {
            throw new ConfigException(where + " is '" + text + "', but there is no resource '" + name
                    + "' on the class path. Put it under src/test/resources, or name a file without 'classpath:'.");
        }
        try {
            return url.getProtocol().equals("file") ? Path.of(url.toURI()) : copies.of(url, name);
        } catch (IOException | URISyntaxException e) {
            throw new ConfigException(
                    where + " is '" + text + "', but " + url + " cannot be copied to " + copies.folder() + ": " + e, e);
        }
    }
}
