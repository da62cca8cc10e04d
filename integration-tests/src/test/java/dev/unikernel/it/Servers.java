package dev.unikernel.it;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The DHCP servers of this machine: installed, or unpacked by {@code bin/setup}. */
final class Servers {

    private Servers() {}

    /** Skips the test where there is none. */
    static Path find(String program) {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .orElse(System.getProperty("user.home") + "/.cache");
        Stream<String> folders = Stream.of((System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin").split(":"));
        return Stream.concat(folders, Stream.of(cache + "/unikernel-junit/" + program + "/usr/sbin"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> abort("no " + program + " is installed here (bin/setup unpacks it)"));
    }
}
