package dev.unikernel.vm;

import dev.unikernel.host.ProgramPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of a text what tells who and where it is from, so that it can be shown to strangers: the home folder, the
 * names of user and host, the search path, addresses.
 *
 * @param replacements what stands for what, in the order in which they are applied
 */
record Anonymous(Map<Pattern, String> replacements) {

    /** Of all machines, so that they tell nothing; and often a part of other words. */
    private static final Set<String> EVERYBODY = Set.of("root", "nobody", "localhost");

    private static final int SHORTEST_NAME = 3;

    private static final Pattern MAC_IN_A_NAME = Pattern.compile("\\b(en|wl|ww)x[0-9a-f]{12}\\b");
    /** But those that are of every machine or of none (RFC 2544). */
    private static final Pattern IPV4 =
            Pattern.compile("(?<![\\w.-])(?!127\\.|0\\.0\\.0\\.0|198\\.1[89]\\.)(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\w.-])");

    private static final Pattern IPV6 = Pattern.compile(
            "(?i)(?<![\\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?![\\w:.])");

    static Anonymous ofThisJvm() {
        String host = "";
        try {
            host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            // Where there is no such name none is shown.
        }
        return of(
                System.getProperty("user.home", ""),
                System.getProperty("user.name", ""),
                host,
                System.getenv().getOrDefault("PATH", ""));
    }

    static Anonymous of(String home, String user, String host, String path) {
        Map<Pattern, String> replacements = new LinkedHashMap<>();
        if (!path.isEmpty()) {
            replacements.put(
                    Pattern.compile(Pattern.quote(ProgramPath.ofThisJvm().toString())), "$PATH");
            replacements.put(Pattern.compile(Pattern.quote(path)), "$PATH");
        }
        if (home.length() > 1) {
            replacements.put(Pattern.compile(Pattern.quote(home) + "(?=[/:\\s'\"),.]|$)"), "~");
        }
        name(user, "$USER", replacements);
        name(host, "$HOSTNAME", replacements);
        replacements.put(MAC_IN_A_NAME, "$1x-");
        replacements.put(IPV4, "(address)");
        replacements.put(IPV6, "(address)");
        return new Anonymous(replacements);
    }

    /** As a whole word, and not where it is one of the words of an option or a setting. */
    private static void name(String name, String instead, Map<Pattern, String> replacements) {
        if (name.length() >= SHORTEST_NAME && !EVERYBODY.contains(name)) {
            replacements.put(Pattern.compile("(?<![\\w-])" + Pattern.quote(name) + "(?![\\w-])"), instead);
        }
    }

    String of(String text) {
        String result = text;
        for (Map.Entry<Pattern, String> each : replacements.entrySet()) {
            String instead =
                    each.getKey() == MAC_IN_A_NAME ? each.getValue() : Matcher.quoteReplacement(each.getValue());
            result = each.getKey().matcher(result).replaceAll(instead);
        }
        return result;
    }
}
