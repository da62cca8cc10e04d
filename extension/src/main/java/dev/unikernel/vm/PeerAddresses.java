package dev.unikernel.vm;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The places <code>${vm.NAME.address}</code> in a command line; <code>$${vm.NAME.address}</code> stands for the text itself. */
final class PeerAddresses {

    private static final Pattern PLACE = Pattern.compile("(\\$?)(\\$\\{vm\\.([^}]*)\\.address})");

    private PeerAddresses() {}

    /** The names, each once, in the order in which they stand there. */
    static Set<String> names(String text) {
        Set<String> names = new LinkedHashSet<>();
        PLACE.matcher(text).results().filter(place -> !isEscaped(place)).forEach(place -> names.add(place.group(3)));
        return names;
    }

    static String resolve(String text, Function<String, String> address) {
        return PLACE.matcher(text)
                .replaceAll(place ->
                        Matcher.quoteReplacement(isEscaped(place) ? place.group(2) : address.apply(place.group(3))));
    }

    private static boolean isEscaped(MatchResult place) {
        return !place.group(1).isEmpty();
    }
}
