package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.nio.file.Files;
import java.util.Optional;

/** The container that this process runs in, by the marks that the engines leave for those who ask. */
final class Container {

    private Container() {}

    /** What runs it: {@code docker}, {@code podman}, {@code kubernetes}, or what else it says of itself. */
    static Optional<String> of(Surroundings surroundings) {
        if (surroundings.environment().containsKey("KUBERNETES_SERVICE_HOST")) {
            return Optional.of("kubernetes");
        }
        if (Files.exists(surroundings.root().resolve("run/.containerenv"))) {
            return Optional.of("podman");
        }
        if (Files.exists(surroundings.root().resolve(".dockerenv"))) {
            return Optional.of("docker");
        }
        // systemd's interface for containers
        return Optional.ofNullable(surroundings.environment().get("container"))
                .map(String::strip)
                .filter(name -> !name.isEmpty());
    }
}
