package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The namespaces that this user can make, found out by making some: what forbids them is too various to be read anywhere.
 *
 * @param probe whether they can be made
 * @param unshare the command that makes them, to which a program is appended; empty if it cannot
 * @param nsenter the program that enters them; empty if it is not needed, since they cannot be made
 */
record Namespaces(Probe probe, List<String> unshare, Optional<Path> nsenter) {

    /** Making them takes some milliseconds. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final List<String> OPTIONS =
            List.of("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

    /** The user becomes root in there, and may so configure what is in there. */
    private static final List<String> AS_USER = List.of("--user", "--map-root-user");

    /** In a plain chroot {@code /} is no mount point, whose propagation unshare could change. */
    private static final List<String> IN_CHROOT = List.of("--propagation", "unchanged");

    private static final String PROPAGATION = "propagation: Invalid argument";

    static Namespaces of(Surroundings surroundings) {
        ProgramPath path = ProgramPath.of(surroundings.environment());
        Optional<Path> unshare = path.find("unshare");
        Optional<Path> nsenter = path.find("nsenter");
        if (unshare.isEmpty() || nsenter.isEmpty()) {
            return none(new Probe.Missing(
                    "there is no " + (unshare.isEmpty() ? "unshare" : "nsenter") + " in any of " + path,
                    "Install util-linux (Debian, Ubuntu: sudo apt-get install util-linux)."));
        }
        boolean asUser = !Capabilities.mayMakeNamespaces(surroundings);
        List<String> command = new ArrayList<>(append(List.of(unshare.get().toString()), asUser ? AS_USER : List.of()));
        command.addAll(OPTIONS);
        Trial.Result result = attempt(command, path);
        if (result.output().contains(PROPAGATION)) {
            command.addAll(IN_CHROOT);
            result = attempt(command, path);
        }
        return result.succeeded()
                ? new Namespaces(
                        new Probe.Available(asUser ? "namespaces, by user namespaces" : "namespaces, by CAP_SYS_ADMIN"),
                        List.copyOf(command),
                        nsenter)
                : none(new Refusal(surroundings, asUser, result.output()).explain());
    }

    private static Trial.Result attempt(List<String> command, ProgramPath path) {
        return Trial.run(append(command, List.of("true")), path, LIMIT);
    }

    private static List<String> append(List<String> command, List<String> arguments) {
        return Stream.concat(command.stream(), arguments.stream()).toList();
    }

    private static Namespaces none(Probe.Missing why) {
        return new Namespaces(why, List.of(), Optional.empty());
    }
}
