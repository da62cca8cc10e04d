package dev.unikernel.config;

import dev.unikernel.config.Source.Environment;
import dev.unikernel.config.Source.Parameters;
import dev.unikernel.config.Source.PropertiesFile;
import dev.unikernel.config.Source.SystemProperties;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings whose sources are plain maps. */
final class SettingsFixture {

    final Map<String, String> parameters = new HashMap<>();
    final Map<String, String> properties = new HashMap<>();
    final Map<String, String> environment = new HashMap<>();
    final Map<String, String> userFile = new HashMap<>();
    Locations locations = new Locations(Path.of("/module"), Path.of("/home/ann"), Path.of("/home/ann/.cache"));

    Settings settings() {
        SystemProperties system = new SystemProperties(properties);
        return new Settings(
                List.of(
                        new Parameters(this::parameter, system),
                        system,
                        new Environment(environment),
                        new PropertiesFile(Path.of("/home/ann/.unikernel-junit.properties"), userFile)),
                locations);
    }

    /** As JUnit does it: a parameter that is not set is looked for among the system properties. */
    private Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.getOrDefault(name, properties.get(name)));
    }
}
