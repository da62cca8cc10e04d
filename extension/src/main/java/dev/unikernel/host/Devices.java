package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The device files that hypervisors open. */
final class Devices {

    private static final Set<PosixFilePermission> OF_GROUP =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE);

    private Devices() {}

    static Probe kvm(Surroundings surroundings, Processor processor) {
        String manner = processor
                .virtualization()
                .map(flag -> "KVM of the processor (" + flag + ")")
                .orElse("KVM in software (the processor shows neither vmx nor svm)");
        return open(
                surroundings,
                surroundings.dev().resolve("kvm"),
                manner,
                "Load its module (sudo modprobe kvm_intel or kvm_amd), with virtualization switched on in the firmware or,"
                        + " in a VM, nested in its host; in a container, pass it in (docker run --device /dev/kvm).");
    }

    static Probe tun(Surroundings surroundings) {
        return open(
                surroundings,
                surroundings.dev().resolve("net/tun"),
                "/dev/net/tun",
                "Load its module (sudo modprobe tun); in a container, pass it in (docker run --device /dev/net/tun).");
    }

    private static Probe open(Surroundings surroundings, Path device, String what, String fixIfAbsent) {
        // Opened as the hypervisors do: permission bits alone do not tell what a container or a policy allows.
        try (FileChannel opened = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Objects.requireNonNull(opened);
            return new Probe.Available(what);
        } catch (NoSuchFileException e) {
            return new Probe.Missing(device + " does not exist", fixIfAbsent);
        } catch (AccessDeniedException e) {
            return forbidden(device, surroundings);
        } catch (IOException e) {
            String reason = e instanceof FileSystemException failed && failed.getReason() != null
                    ? failed.getReason()
                    : e.toString();
            return new Probe.Missing(device + " cannot be opened for reading and writing: " + reason, fixIfAbsent);
        }
    }

    static Probe forbidden(Path device, Surroundings surroundings) {
        String user = surroundings.user();
        String reason = device + " may not be opened for reading and writing by " + user;
        String open = "pen it to every user, as CI machines do (sudo chmod 666 " + device + ").";
        try {
            PosixFileAttributes attributes = Files.readAttributes(device, PosixFileAttributes.class);
            String group = attributes.group().getName();
            String owners = " (it belongs to " + attributes.owner().getName() + ":" + group + ", "
                    + PosixFilePermissions.toString(attributes.permissions()) + ")";
            if (!attributes.permissions().containsAll(OF_GROUP) || group.equals("root")) {
                return new Probe.Missing(reason + owners, "O" + open);
            }
            return new Probe.Missing(
                    reason + owners,
                    isMember(surroundings, group)
                            ? "The user is in its group, but this session is older than that: log in again."
                            : "Add the user to its group (sudo usermod -aG " + group + " " + user
                                    + ", then log in again), or o" + open);
        } catch (IOException | UnsupportedOperationException e) {
            return new Probe.Missing(reason, "O" + open);
        }
    }

    /** By group(5); other directories of users are not asked. */
    private static boolean isMember(Surroundings surroundings, String group) {
        try (Stream<String> lines = Files.lines(surroundings.root().resolve("etc/group"))) {
            return lines.map(line -> line.split(":", -1))
                    .filter(fields -> fields.length == 4 && fields[0].equals(group))
                    .anyMatch(fields -> List.of(fields[3].split(",")).contains(surroundings.user()));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
