package dev.unikernel.hypervisor.cloudhypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The part of Cloud Hypervisor's log that speaks of failure, in any of its dialects.
 *
 * <p>From v47.0 on (#7066) a chain of errors, outermost first; before, one line with the Debug text of the error; text
 * of the argument parser; the text of a panic.
 *
 * @param text all lines but records of level INFO and below, warnings, and backtraces
 * @param summary the same in one line, without what says nothing
 * @param isPanic whether a thread of the VMM panicked
 */
record Said(String text, String summary, boolean isPanic) {

    private static final Pattern CHATTER = Pattern.compile(
            "cloud-hypervisor: .*? (INFO|WARN|DEBUG|TRACE):.*|note: .*RUST_BACKTRACE.*|Run .* --help for more information\\.");

    /** What the environment variable RUST_BACKTRACE=1 adds to panics and to Debug texts. */
    private static final Pattern BACKTRACE = Pattern.compile("[Ss]tack backtrace:");

    private static final Pattern FRAME = Pattern.compile("\\s+(?:\\d+: .*|at .*)");
    private static final Pattern RECORD = Pattern.compile("cloud-hypervisor: .*? ERROR:\\S+ -- ");
    private static final Pattern LINK = Pattern.compile(" {2}\\d+: (\\S.*)");

    /** An error without a cause; not the time, which is a piece of a record. */
    private static final Pattern SINGLE = Pattern.compile(" {2}(?!\\d+\\.\\d)(\\S.*)");

    private static final Pattern PANIC = Pattern.compile("^thread '[^']*'(?: \\(\\d+\\))? panicked at ");
    private static final String CHAIN = "Error: Cloud Hypervisor exited with the following ";
    private static final List<String> SAYS_NOTHING =
            List.of("Error booting VM", "The VM could not boot", "Error from device manager");
    private static final int LONGEST_SUMMARY = 400;

    static Said in(String log) {
        List<String> lines = withoutBacktraces(unravelled(log.lines().toList()).stream()
                .filter(line -> !line.isBlank() && !CHATTER.matcher(line).matches())
                .toList());
        return new Said(
                String.join("\n", lines), cut(summaryOf(lines)), !panic(lines).isEmpty());
    }

    /**
     * Each line of a chain as a line of its own. v53.0 writes the records of its log piece by piece, and such a line, written
     * by another thread at once, can come between two pieces.
     */
    private static List<String> unravelled(List<String> lines) {
        List<String> unravelled = new ArrayList<>();
        Pattern next = Pattern.compile(CHAIN);
        int level = 0;
        for (String line : lines) {
            Matcher match = next.matcher(line);
            boolean found = match.find();
            int at = found ? match.start() : 0;
            if (at > 0) {
                unravelled.add(line.substring(0, at));
            }
            unravelled.add(line.substring(at));
            if (found) {
                next = Pattern.compile(" {2}" + level++ + ": ");
            }
            if (level == 1 && line.endsWith("error:")) {
                next = SINGLE;
            }
        }
        return unravelled;
    }

    /** The frames look like the links of a chain of errors. */
    private static List<String> withoutBacktraces(List<String> lines) {
        List<String> kept = new ArrayList<>();
        boolean within = false;
        for (String line : lines) {
            within = BACKTRACE.matcher(line).matches()
                    || (within && FRAME.matcher(line).matches());
            if (!within) {
                kept.add(line);
            }
        }
        return kept;
    }

    private static String summaryOf(List<String> lines) {
        if (lines.isEmpty()) {
            return "nothing was said";
        }
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(CHAIN)) {
                return chain(lines.subList(i + 1, lines.size()), panic(lines));
            }
        }
        return panic(lines).stream().findFirst().orElseGet(() -> lines.stream()
                .filter(line -> line.startsWith("error: "))
                .findFirst()
                .orElse(RECORD.matcher(lines.get(lines.size() - 1)).replaceFirst("")));
    }

    private static String chain(List<String> lines, List<String> panic) {
        List<String> links = new ArrayList<>(panic);
        for (String link : links(lines)) {
            if (!SAYS_NOTHING.contains(link) && !repeatsTheLast(links, link)) {
                links.add(link);
            }
        }
        return String.join(": ", links);
    }

    private static List<String> links(List<String> lines) {
        List<String> chain = matches(LINK, lines).toList();
        return chain.isEmpty() ? matches(SINGLE, lines).limit(1).toList() : chain;
    }

    private static Stream<String> matches(Pattern pattern, List<String> lines) {
        return lines.stream().map(pattern::matcher).filter(Matcher::matches).map(match -> match.group(1));
    }

    /** Some errors print their cause, which is the next link, too. */
    private static boolean repeatsTheLast(List<String> links, String link) {
        return !links.isEmpty() && links.get(links.size() - 1).endsWith(link);
    }

    /** {@code thread 'vmm' panicked at FILE:LINE:COLUMN:} and the message on the next line; before Rust 1.73, in one. */
    private static List<String> panic(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (PANIC.matcher(lines.get(i)).find()) {
                boolean twoLines = lines.get(i).endsWith(":") && i + 1 < lines.size();
                return List.of("panic: " + (twoLines ? lines.get(i + 1) : lines.get(i)));
            }
        }
        return List.of();
    }

    private static String cut(String summary) {
        return summary.length() <= LONGEST_SUMMARY ? summary : summary.substring(0, LONGEST_SUMMARY) + "...";
    }
}
