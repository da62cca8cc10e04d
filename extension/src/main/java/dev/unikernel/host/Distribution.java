package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What this Linux calls itself, os-release(5). */
final class Distribution {

    private static final Pattern NAME = Pattern.compile("PRETTY_NAME=([\"']?)(.+)\\1");

    private Distribution() {}

    static Optional<String> of(Surroundings surroundings) {
        try (Stream<String> lines = Files.lines(surroundings.root().resolve("etc/os-release"))) {
            return lines.map(NAME::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(2))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
