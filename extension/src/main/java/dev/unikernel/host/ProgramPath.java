package dev.unikernel.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where programs are looked for: on PATH, then where those of administrators are, which a plain user's PATH often lacks.
 *
 * @param folders in the order of the search; all absolute
 */
public record ProgramPath(List<Path> folders) {

    private static final List<String> OF_ADMINISTRATORS = List.of("/usr/sbin", "/sbin");

    public ProgramPath {
        folders = List.copyOf(folders);
    }

    public static ProgramPath ofThisJvm() {
        return of(System.getenv());
    }

    /** As a shell does it, but without the working folder, which an empty or relative entry would mean. */
    static ProgramPath of(Map<String, String> environment) {
        return new ProgramPath(Stream.concat(
                        Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                                .filter(folder -> folder.startsWith("/")),
                        OF_ADMINISTRATORS.stream())
                .map(Path::of)
                .distinct()
                .toList());
    }

    /** The first file of that name that this user may execute. */
    public Optional<Path> find(String program) {
        return folders.stream()
                .map(folder -> folder.resolve(program))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** As PATH is written. */
    @Override
    public String toString() {
        return folders.stream().map(Path::toString).collect(Collectors.joining(":"));
    }
}
