package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Why unshare could not make namespaces: the kernel gives the same few errors for many reasons.
 *
 * @param asUser whether it was to make a user namespace, too
 * @param words what it said
 */
record Refusal(Surroundings surroundings, boolean asUser, String words) {

    /** All that Docker and Podman put in the way; it is one barrier after another. */
    private static final String OPTIONS = " run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
            + " --security-opt systempaths=unconfined, or with --privileged.";

    private static final Pattern UNKNOWN_OPTION = Pattern.compile("unrecogni[sz]ed option|invalid option");
    private static final Pattern PROC = Pattern.compile("mount /proc failed|/proc/self/\\w+: Read-only");
    private static final Pattern FORBIDDEN = Pattern.compile("Operation not permitted|Permission denied");
    private static final Pattern TOO_MANY = Pattern.compile("No space left on device|Too many users");
    private static final Pattern UNKNOWN_TO_KERNEL = Pattern.compile("Invalid argument|Function not implemented");

    private static final String APPARMOR = "apparmor_restrict_unprivileged_userns";
    private static final String DEBIAN = "unprivileged_userns_clone";
    private static final List<String> KINDS = List.of("user", "net", "mnt", "pid");

    Probe.Missing explain() {
        if (says(UNKNOWN_OPTION)) {
            return because("unshare does not know an option", "Install util-linux 2.32 or newer.");
        }
        if (says(PROC)) {
            return because(
                    "there can be no namespace with a /proc of its own where parts of /proc are masked or read-only, as"
                            + " they are in containers",
                    fixOfContainer());
        }
        if (says(TOO_MANY)) {
            return tooMany();
        }
        if (says(FORBIDDEN)) {
            return forbidden();
        }
        if (says(UNKNOWN_TO_KERNEL)) {
            return because(
                    "the kernel does not know such namespaces",
                    "Use one with CONFIG_USER_NS, CONFIG_NET_NS and CONFIG_PID_NS.");
        }
        return because("namespaces cannot be made", "See whether the kernel's log says more (sudo dmesg).");
    }

    private Probe.Missing tooMany() {
        for (String kind : KINDS) {
            String limit = "user.max_" + kind + "_namespaces";
            if (number("user/max_" + kind + "_namespaces").equals(Optional.of("0"))) {
                return because(
                        "the kernel is set to allow no namespace of the kind " + kind + ", by " + limit + "=0",
                        "Allow them with: sudo sysctl -w " + limit + "=15000");
            }
        }
        return because(
                "the kernel allows this user no more namespaces",
                "End the programs that hold some (see lsns), or raise the limits user.max_*_namespaces.");
    }

    private Probe.Missing forbidden() {
        boolean container = Container.of(surroundings).isPresent();
        boolean filtered = ProcessStatus.of(surroundings).value("Seccomp").equals(Optional.of("2"));
        if (asUser && isInChroot()) {
            return because(
                    "there are no user namespaces in a chroot", "Run the tests outside of it, or as root in it.");
        }
        if (container && filtered) {
            return because("the container's seccomp filter forbids namespaces", fixOfContainer());
        }
        // The switches are for users without capabilities.
        if (asUser
                && number("kernel/" + APPARMOR).filter(set -> !set.equals("0")).isPresent()) {
            return because(
                    "AppArmor forbids user namespaces, by kernel." + APPARMOR + "=1",
                    "Allow them with: sudo sysctl -w kernel." + APPARMOR + "=0");
        }
        if (asUser && number("kernel/" + DEBIAN).equals(Optional.of("0"))) {
            return because(
                    "the kernel is set to keep user namespaces from users, by kernel." + DEBIAN + "=0",
                    "Allow them with: sudo sysctl -w kernel." + DEBIAN + "=1");
        }
        if (container) {
            return because("the container forbids namespaces", fixOfContainer());
        }
        if (filtered) {
            return because(
                    "a seccomp filter forbids namespaces (Seccomp: 2 in /proc/self/status)",
                    "Start the tests without it; a service of systemd, with RestrictNamespaces=no.");
        }
        return because(
                "something of this machine forbids namespaces", "See whether the kernel's log says what (sudo dmesg).");
    }

    private String fixOfContainer() {
        return Container.of(surroundings)
                .map(engine -> switch (engine) {
                    case "kubernetes" -> "Give the container securityContext.privileged: true.";
                    case "podman" -> "Start the container with podman" + OPTIONS;
                    default -> "Start the container with docker" + OPTIONS;
                })
                .orElse("Start what this runs in with more rights: docker" + OPTIONS);
    }

    private Probe.Missing because(String reason, String fix) {
        return new Probe.Missing(reason + " (" + words + ")", fix);
    }

    private boolean says(Pattern pattern) {
        return pattern.matcher(words).find();
    }

    /**
     * What is {@code /} here is no mount, or one that process 1 sees elsewhere: user_namespaces(7), EPERM. In a namespace
     * of mounts other than that of process 1 the latter cannot be told.
     */
    private boolean isInChroot() {
        List<Mount> ours = mounts("self");
        Optional<Mount> root = ours.stream().filter(Mount::isRoot).findFirst();
        return !ours.isEmpty()
                && (root.isEmpty()
                        || mounts("1").stream()
                                .anyMatch(mount -> mount.id().equals(root.get().id()) && !mount.isRoot()));
    }

    private List<Mount> mounts(String process) {
        Path file = surroundings.proc().resolve(process).resolve("mountinfo");
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.split(" "))
                    .filter(fields -> fields.length > 4)
                    .map(fields -> new Mount(fields[0], fields[4]))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** A line of proc_pid_mountinfo(5). */
    private record Mount(String id, String point) {
        boolean isRoot() {
            return point.equals("/");
        }
    }

    private Optional<String> number(String name) {
        Path file = surroundings.proc().resolve("sys").resolve(name);
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            return Optional.empty(); // not every kernel has each switch
        }
    }
}
