package dev.unikernel.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A closed set of values that a setting may take: an enum whose constants are spelled with lower case and hyphens. */
interface Choice {

    String name();

    /** The name as it stands in settings: {@code cloud-hypervisor}. */
    default String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads a choice in either case. */
    static <E extends Enum<E> & Choice> E parse(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(choice -> choice.key().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such choice: " + text));
    }

    static <E extends Enum<E> & Choice> String form(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Choice::key).collect(Collectors.joining(", ", "one of ", ""));
    }
}
