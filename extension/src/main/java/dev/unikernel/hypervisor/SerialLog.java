package dev.unikernel.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A guest's serial line, kept in a file from its first byte. Safe for use by several threads. */
public interface SerialLog {

    Path file();

    /** The last {@code count} lines, the unfinished one included, control characters made visible. */
    List<String> lastLines(int count);

    /**
     * The first line so far in which {@code pattern} is found, control characters made visible after the search. Each
     * call looks at what is new and at the unfinished line; hold on to the {@code pattern} between calls, as it is what
     * names the search.
     */
    Optional<String> firstMatch(Pattern pattern);

    /** The last place so far at which {@code pattern} is found within a line. Each call reads the whole file. */
    Optional<MatchResult> lastMatch(Pattern pattern);
}
