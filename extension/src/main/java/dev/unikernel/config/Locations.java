package dev.unikernel.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folders that relative paths hang on.
 *
 * @param module the folder of the Maven module or project under test
 * @param home the user's home folder
 * @param cache the user's folder for caches (XDG Base Directory Specification)
 */
record Locations(Path module, Path home, Path cache) {

    static Locations ofThisJvm() {
        // Surefire and Failsafe set basedir, which differs from the working folder where a build has changed that.
        Path module =
                Path.of(System.getProperty("basedir", "")).toAbsolutePath().normalize();
        return of(module, System.getProperty("user.home", ""), System.getenv());
    }

    static Locations of(Path module, String userHome, Map<String, String> environment) {
        // Java says "?" for a user that the system does not know, as containers with arbitrary user ids have them.
        Path home = absolute(userHome)
                .or(() -> absolute(environment.getOrDefault("HOME", "")))
                .orElse(Path.of("/"));
        // The specification says that a relative path there is to be ignored.
        Path cache = absolute(environment.getOrDefault("XDG_CACHE_HOME", "")).orElse(home.resolve(".cache"));
        return new Locations(module, home, cache);
    }

    private static Optional<Path> absolute(String path) {
        return Optional.of(path).filter(text -> text.startsWith("/")).map(Path::of);
    }

    /** Absolute, below the home folder ({@code ~/x}), or else below the module. */
    Path resolve(String text) {
        Path path = text.equals("~") || text.startsWith("~/")
                ? home.resolve(text.substring(1).replaceFirst("^/+", ""))
                : module.resolve(text);
        return path.normalize();
    }

    /** Where evidence goes if nobody has said so: a folder that the project's own build cleans, if there is a build. */
    Path workDir() {
        if (Files.exists(module.resolve("pom.xml")) || Files.isDirectory(module.resolve("target"))) {
            return module.resolve("target/unikernel");
        }
        if (Files.exists(module.resolve("build.gradle")) || Files.exists(module.resolve("build.gradle.kts"))) {
            return module.resolve("build/unikernel");
        }
        return cache.resolve("unikernel-junit");
    }
}
