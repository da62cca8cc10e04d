package dev.unikernel.config;

import dev.unikernel.config.Source.Environment;
import dev.unikernel.config.Source.PropertiesFile;
import dev.unikernel.config.Source.SystemProperties;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Warns of settings that do not exist, of each once: a misspelled one would otherwise be without effect in silence. */
final class UnknownKeys {

    private static final String ENVIRONMENT_PREFIX = "UNIKERNEL_";

    /** Variables between our own parts, which are no settings. */
    private static final Set<String> OURS =
            Set.of("UNIKERNEL_NAMESPACE", "UNIKERNEL_NAMESPACE_FOLDERS", "UNIKERNEL_JAVA");

    private static final String OURS_FOR_FIXTURES = "UNIKERNEL_FIXTURES_";

    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final Consumer<String> log;

    UnknownKeys() {
        // Fetched only when there is something to say: a JVM's first logger takes it some 15 ms.
        this(warning -> System.getLogger(UnknownKeys.class.getName()).log(Level.WARNING, warning));
    }

    UnknownKeys(Consumer<String> log) {
        this.log = log;
    }

    void warn(SystemProperties properties, Environment environment, PropertiesFile userFile) {
        // Loops, as in all that each first boot of a JVM runs through: Java links a lambda in 0.2 ms, and streams in
        // more.
        for (String name : properties.values().keySet()) {
            warn(name, properties.describe(name, ""));
        }
        for (String name : userFile.values().keySet()) {
            warn(name, userFile.describe(name, ""));
        }
        for (String name : environment.values().keySet()) {
            if (name.startsWith(ENVIRONMENT_PREFIX) && !OURS.contains(name) && !name.startsWith(OURS_FOR_FIXTURES)) {
                warn(name, environmentNames(), environment.describe(name, ""));
            }
        }
    }

    void warn(Iterable<String> names, UnaryOperator<String> origin) {
        for (String name : names) {
            warn(name, origin.apply(name));
        }
    }

    private void warn(String name, String origin) {
        if (name.startsWith(Key.PREFIX)) {
            warn(name, names(), origin);
        }
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Key<?> key : Keys.all()) {
            names.add(key.name());
        }
        return names;
    }

    private static List<String> environmentNames() {
        List<String> names = new ArrayList<>();
        for (Key<?> key : Keys.all()) {
            names.addAll(key.environmentNames());
        }
        return names;
    }

    private void warn(String name, Collection<String> known, String origin) {
        if (!known.contains(name) && warned.add(origin)) {
            String nearest = known.stream()
                    .min(Comparator.comparingInt(candidate -> EditDistance.between(name, candidate)))
                    .orElseThrow();
            log.accept("There is no setting " + name + " (" + origin + "); it has no effect. The nearest one is "
                    + nearest + ".");
        }
    }
}
