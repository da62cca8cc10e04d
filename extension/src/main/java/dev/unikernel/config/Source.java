package dev.unikernel.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A place where values may stand. */
sealed interface Source {

    /** The value of a name, with the place where it stood. A blank value counts as none. */
    default Optional<Given> find(String name) {
        return find(name, spellings(name));
    }

    default Optional<Given> find(Key<?> key) {
        return find(key.name(), spellings(key));
    }

    private Optional<Given> find(String name, List<String> spellings) {
        for (String spelling : spellings) {
            // Maven hands a property that it does not know on as it stands: ${ops.kernel} is then no value.
            Optional<String> text = read(spelling)
                    .map(String::strip)
                    .filter(value -> !value.isEmpty() && !value.equals("${" + name + "}"));
            if (text.isPresent()) {
                return text.map(value -> new Given(value, describe(spelling, value)));
            }
        }
        return Optional.empty();
    }

    Optional<String> read(String spelling);

    /** How a name may be spelled here. */
    default List<String> spellings(String name) {
        return List.of(name);
    }

    default List<String> spellings(Key<?> key) {
        return spellings(key.name());
    }

    /** The place of a value in words: {@code "environment variable UNIKERNEL_TAP"}. */
    String describe(String spelling, String value);

    /** The places that are looked at for {@code name}, in words. */
    default String searched(String name) {
        return describe(name, "");
    }

    /** A value as it was written, and where. */
    record Given(String text, String origin) {}

    /** JUnit's configuration parameters, which fall back to system properties by themselves. */
    record Parameters(Function<String, Optional<String>> reader, SystemProperties properties) implements Source {

        @Override
        public Optional<String> read(String spelling) {
            return reader.apply(spelling);
        }

        @Override
        public String describe(String spelling, String value) {
            boolean property = properties.read(spelling).map(String::strip).equals(Optional.of(value));
            return property ? properties.describe(spelling, value) : "JUnit configuration parameter " + spelling;
        }
    }

    /** Java's system properties. */
    record SystemProperties(Map<String, String> values) implements Source {

        @Override
        public Optional<String> read(String spelling) {
            return Optional.ofNullable(values.get(spelling));
        }

        @Override
        public String describe(String spelling, String value) {
            return "system property " + spelling;
        }
    }

    /** The environment, in which names are upper case with underscores. */
    record Environment(Map<String, String> values) implements Source {

        @Override
        public Optional<String> read(String spelling) {
            return Optional.ofNullable(values.get(spelling));
        }

        @Override
        public List<String> spellings(String name) {
            String upper = Key.environmentName(name);
            return upper.equals(name) ? List.of(name) : List.of(name, upper);
        }

        @Override
        public List<String> spellings(Key<?> key) {
            return key.environmentNames();
        }

        @Override
        public String describe(String spelling, String value) {
            return "environment variable " + spelling;
        }

        @Override
        public String searched(String name) {
            return "environment variable " + String.join(" or ", spellings(name));
        }
    }

    /** A properties file of the user's. */
    record PropertiesFile(Path file, Map<String, String> values) implements Source {

        @Override
        public Optional<String> read(String spelling) {
            return Optional.ofNullable(values.get(spelling));
        }

        @Override
        public String describe(String spelling, String value) {
            return spelling + " in " + file;
        }
    }
}
