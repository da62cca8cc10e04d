package dev.unikernel.config;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Puts values in the place of <code>${name}</code>.
 *
 * <p>A name is looked for, in this order, among JUnit's configuration parameters, the system properties, the environment
 * (as it stands, then as {@code OPS_KERNEL} for {@code ops.kernel}) and in {@code ~/.unikernel-junit.properties}. A blank
 * value counts as none. <code>$${</code> stands for a plain <code>${</code>; what is put in is not looked at again.
 */
public final class Placeholders {

    private final Settings settings;

    public Placeholders(Settings settings) {
        this.settings = settings;
    }

    /**
     * Replaces all placeholders.
     *
     * @param text what the user wrote
     * @param where where it stood, for the error: {@code "@UnikernelVm(kernel) of WebServerIT"}
     * @throws ConfigException if a name is not known or a placeholder is not closed
     */
    public String resolve(String text, String where) {
        return resolve(text, where, name -> false);
    }

    /**
     * Replaces all placeholders but those whose names are {@code kept}: they stay as they are, escaped ones too, for somebody who
     * knows them.
     *
     * @throws ConfigException as {@link #resolve(String, String)}
     */
    public String resolve(String text, String where, Predicate<String> kept) {
        StringBuilder result = new StringBuilder();
        int position = 0;
        while (true) {
            int start = text.indexOf("${", position);
            if (start < 0) {
                return result.append(text, position, text.length()).toString();
            }
            int end = text.indexOf('}', start);
            boolean stays = end > 0 && kept.test(text.substring(start + 2, end));
            if (start > position && text.charAt(start - 1) == '$') {
                result.append(text, position, stays ? start : start - 1).append("${");
                position = start + 2;
                continue;
            }
            if (end < 0) {
                throw new ConfigException(where + " is '" + text + "', where the placeholder at character "
                        + (start + 1) + " is not closed. Close it with }, or write $${ for a plain ${.");
            }
            result.append(text, position, start)
                    .append(
                            stays
                                    ? text.substring(start, end + 1)
                                    : value(text.substring(start + 2, end), text, where));
            position = end + 1;
        }
    }

    private String value(String name, String text, String where) {
        if (name.isBlank()) {
            throw new ConfigException(where + " is '" + text
                    + "', where a placeholder has no name. Name a property, as in ${ops.kernel}, or write $${ for a"
                    + " plain ${.");
        }
        return settings.sources().stream()
                .map(source -> source.find(name))
                .flatMap(Optional::stream)
                .findFirst()
                .map(Source.Given::text)
                .orElseThrow(() -> new ConfigException(where + " is '" + text + "', but nothing gives " + name
                        + " a value. Looked at: " + searched(name) + ". Set one of them, for instance with -D" + name
                        + "=..."));
    }

    private String searched(String name) {
        return settings.sources().stream().map(source -> source.searched(name)).collect(Collectors.joining(", "));
    }
}
