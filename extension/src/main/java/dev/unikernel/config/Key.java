package dev.unikernel.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A setting: its name, what may stand there, and what holds where nothing does.
 *
 * <p>All keys are constants of {@link Keys}.
 *
 * @param <T> the type of its value
 */
public final class Key<T> {

    static final String PREFIX = "unikernel.";

    private final String name;
    private final String form;
    private final String standard;
    private final String description;
    private final List<String> environmentNames;
    private final Parser<T> parser;
    private final Fallback<T> fallback;

    Key(
            String name,
            List<String> environmentAliases,
            String form,
            Parser<T> parser,
            String standard,
            Fallback<T> fallback,
            String description) {
        this.name = PREFIX + name;
        this.form = form;
        this.standard = standard;
        this.description = description;
        this.parser = parser;
        this.fallback = fallback;
        this.environmentNames = new ArrayList<>();
        environmentNames.add(environmentName(this.name));
        environmentNames.addAll(environmentAliases);
    }

    /** The full name: {@code unikernel.whenUnavailable}. */
    public String name() {
        return name;
    }

    /** What may stand there, as it follows on "must be": {@code "true or false"}. */
    public String form() {
        return form;
    }

    /** The default in words: {@code "auto"}, {@code "found on PATH"}. */
    public String standard() {
        return standard;
    }

    /** What the setting decides, in one sentence. */
    public String description() {
        return description;
    }

    /** The environment variables that are looked at, the first that is set rules. */
    public List<String> environmentNames() {
        return List.copyOf(environmentNames);
    }

    T parse(String text, Locations locations) {
        return parser.parse(text, locations);
    }

    T fallback(Locations locations) {
        return fallback.value(locations);
    }

    @Override
    public String toString() {
        return name;
    }

    /** {@code unikernel.whenUnavailable} is {@code UNIKERNEL_WHEN_UNAVAILABLE}. */
    static String environmentName(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                .replaceAll("[^A-Za-z0-9]", "_")
                .toUpperCase(Locale.ROOT);
    }

    /** Reads a value; anything that is not of the key's form is an {@link IllegalArgumentException}. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String text, Locations locations);
    }

    /** The value where nothing is set. */
    @FunctionalInterface
    interface Fallback<T> {
        T value(Locations locations);
    }
}
