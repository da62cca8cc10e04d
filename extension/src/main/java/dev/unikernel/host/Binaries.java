package dev.unikernel.host;

import dev.unikernel.config.Key;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds programs by what is set and on PATH. */
final class Binaries {

    private final Surroundings surroundings;

    Binaries(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Optional<Path> find(Settings settings, Key<Optional<Path>> key, String program) {
        Optional<Path> set = settings.get(key);
        if (set.isEmpty()) {
            return onPath(program);
        }
        String found = key.name() + " is '" + set.get() + "' (" + settings.origin(key) + "), but ";
        String orRemove = ", or remove the setting to use the " + program + " on PATH.";
        if (!set.get().isAbsolute()) {
            return Optional.of(onPath(set.get().toString())
                    .orElseThrow(() -> new HostException(found + "there is no such program on PATH ("
                            + surroundings.environment().getOrDefault("PATH", "") + "). Give its path" + orRemove)));
        }
        return Optional.of(checked(set.get(), found, orRemove));
    }

    private Path checked(Path binary, String found, String orRemove) {
        if (!Files.exists(binary)) {
            throw new HostException(found + "there is no such file. Correct the path" + orRemove);
        }
        if (Files.isDirectory(binary)) {
            throw new HostException(found + "that is a folder. Give the path of the program in it" + orRemove);
        }
        if (!Files.isExecutable(binary)) {
            throw new HostException(
                    found + "that is not executable by " + surroundings.user() + ". Run chmod +x " + binary + orRemove);
        }
        return binary;
    }

    private Optional<Path> onPath(String program) {
        return ProgramPath.of(surroundings.environment()).find(program);
    }
}
