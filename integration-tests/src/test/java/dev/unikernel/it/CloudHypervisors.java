package dev.unikernel.it;

import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.hypervisor.Version;
import dev.unikernel.hypervisor.cloudhypervisor.CloudHypervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The Cloud Hypervisors of this machine: the one that the settings name, and each executable {@code cloud-hypervisor-v*} on
 * PATH.
 */
final class CloudHypervisors {

    private static final String OTHERS = "cloud-hypervisor-v*";

    private CloudHypervisors() {}

    /**
     * One of them.
     *
     * @param binary its absolute path, for the setting {@code unikernel.cloudHypervisor.binary}
     */
    record Found(Path binary, Version version) {

        /** For the names of tests. */
        @Override
        public String toString() {
            return "Cloud Hypervisor " + version;
        }
    }

    /**
     * One of each version, the oldest first; of the same version that of the settings, or else the first on PATH.
     *
     * @throws dev.unikernel.hypervisor.HypervisorException if one of them is not what its name says, or too old
     */
    static List<Found> all() {
        TreeMap<Version, Path> found = new TreeMap<>();
        ofTheSettings().forEach(one -> found.put(one.version(), one.binary()));
        onPath().forEach(one -> found.putIfAbsent(one.version(), one.binary()));
        List<Found> all = new ArrayList<>();
        found.forEach((version, binary) -> all.add(new Found(binary, version)));
        return all;
    }

    /** Those of {@link #all} that the other tests do not run with. */
    static List<Found> besidesThatOfTheSettings() {
        Collection<Version> tested =
                ofTheSettings().stream().map(Found::version).toList();
        return all().stream().filter(one -> !tested.contains(one.version())).toList();
    }

    private static List<Found> ofTheSettings() {
        return Host.current()
                .findBinary(Settings.ofSystemProperties(), Keys.CLOUD_HYPERVISOR_BINARY, "cloud-hypervisor")
                .map(CloudHypervisors::found)
                .stream()
                .toList();
    }

    private static List<Found> onPath() {
        List<Found> found = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (folder.startsWith("/") && Files.isDirectory(Path.of(folder))) {
                executablesIn(Path.of(folder)).forEach(binary -> found.add(found(binary)));
            }
        }
        return found;
    }

    private static List<Path> executablesIn(Path folder) {
        List<Path> binaries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, OTHERS)) {
            files.forEach(binaries::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        binaries.removeIf(file -> !Files.isRegularFile(file) || !Files.isExecutable(file));
        binaries.sort(Comparator.naturalOrder());
        return binaries;
    }

    private static Found found(Path binary) {
        return new Found(binary, CloudHypervisor.at(binary).version());
    }
}
