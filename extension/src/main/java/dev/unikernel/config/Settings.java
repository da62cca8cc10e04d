package dev.unikernel.config;

import dev.unikernel.config.Source.Environment;
import dev.unikernel.config.Source.Given;
import dev.unikernel.config.Source.Parameters;
import dev.unikernel.config.Source.PropertiesFile;
import dev.unikernel.config.Source.SystemProperties;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;

/**
 * The settings of this machine, read from (first match rules) JUnit's configuration parameters or, without JUnit, the
 * system properties; the environment; {@code ~/.unikernel-junit.properties}; each key's default.
 *
 * <p>In the environment {@code unikernel.whenUnavailable} is {@code UNIKERNEL_WHEN_UNAVAILABLE}. A blank value counts as
 * none. The sources are read when the object is made; it is immutable.
 */
public final class Settings {

    static final String USER_FILE = ".unikernel-junit.properties";

    private static final UnknownKeys UNKNOWN_KEYS = new UnknownKeys();

    private final List<Source> sources;
    private final Locations locations;

    Settings(List<Source> sources, Locations locations) {
        this.sources = List.copyOf(sources);
        this.locations = locations;
    }

    /**
     * The settings of a test run under JUnit.
     *
     * @param parameters looks up a configuration parameter by its full name, {@code unikernel.hypervisor}
     * @throws ConfigException if the user's file cannot be read
     */
    public static Settings of(Function<String, Optional<String>> parameters) {
        SystemProperties properties = systemProperties();
        return with(properties, Optional.of(new Parameters(parameters, properties)));
    }

    /**
     * The settings of a program without JUnit.
     *
     * @throws ConfigException if the user's file cannot be read
     */
    public static Settings ofSystemProperties() {
        return with(systemProperties(), Optional.empty());
    }

    /** Settings that hold these values by their full names, and nothing of this machine. */
    public static Settings only(Map<String, String> values) {
        Map<String, String> copy = Map.copyOf(values);
        Source given = new Parameters(name -> Optional.ofNullable(copy.get(name)), new SystemProperties(Map.of()));
        return new Settings(List.of(given), Locations.ofThisJvm());
    }

    private static Settings with(SystemProperties properties, Optional<Parameters> parameters) {
        Locations locations = Locations.ofThisJvm();
        Environment environment = new Environment(System.getenv());
        PropertiesFile userFile = read(locations.home().resolve(USER_FILE));
        UNKNOWN_KEYS.warn(properties, environment, userFile);
        List<Source> sources = new ArrayList<>(List.of(properties, environment, userFile));
        parameters.ifPresent(first -> sources.add(0, first));
        return new Settings(sources, locations);
    }

    /**
     * The value of a setting.
     *
     * @throws ConfigException if what is set is not of the key's form
     */
    public <T> T get(Key<T> key) {
        Optional<Given> given = given(key);
        if (given.isEmpty()) {
            return key.fallback(locations);
        }
        String text = given.get().text();
        try {
            return key.parse(text, locations);
        } catch (IllegalArgumentException | ConfigException e) {
            throw new ConfigException(
                    key.name() + " is '" + text + "' (" + given.get().origin() + "), but must be " + key.form()
                            + ". Correct it there, or remove it for the default: " + key.standard() + ".",
                    e);
        }
    }

    /** Whether a user has set it; if not, {@link #get} gives the default. */
    public boolean isSet(Key<?> key) {
        return given(key).isPresent();
    }

    /** What a user has set, as it was written, right or wrong; empty if it is the default that holds. */
    public Optional<String> text(Key<?> key) {
        return given(key).map(Given::text);
    }

    /** Where the value comes from, in words: {@code "environment variable UNIKERNEL_TAP"}, {@code "default"}. */
    public String origin(Key<?> key) {
        return given(key).map(Given::origin).orElse("default");
    }

    /** The setting, its value and where that comes from: {@code "unikernel.tap=tap0 (system property unikernel.tap)"}. */
    public String describe(Key<?> key) {
        return key.name() + "=" + given(key).map(Given::text).orElse(key.standard()) + " (" + origin(key) + ")";
    }

    /**
     * Warns, once in a JVM for each, of names that begin with {@code unikernel.} and are no key. The names of system
     * properties, the environment and the user's file are looked at anyway; only JUnit can list its parameters.
     */
    public static void warnOfUnknownParameters(Iterable<String> names) {
        UNKNOWN_KEYS.warn(names, name -> "JUnit configuration parameter " + name);
    }

    private Optional<Given> given(Key<?> key) {
        for (Source source : sources) {
            Optional<Given> given = source.find(key);
            if (given.isPresent()) {
                return given;
            }
        }
        return Optional.empty();
    }

    List<Source> sources() {
        return sources;
    }

    Locations locations() {
        return locations;
    }

    private static SystemProperties systemProperties() {
        Properties properties = System.getProperties();
        return new SystemProperties(toMap(properties));
    }

    static PropertiesFile read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return new PropertiesFile(file, Map.of());
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    "The settings in " + file + " cannot be read (" + e
                            + "). Expected is a properties file in UTF-8. Correct or remove it.",
                    e);
        }
        return new PropertiesFile(file, toMap(properties));
    }

    private static Map<String, String> toMap(Properties properties) {
        Map<String, String> map = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            map.put(name, properties.getProperty(name, ""));
        }
        return Map.copyOf(map);
    }
}
