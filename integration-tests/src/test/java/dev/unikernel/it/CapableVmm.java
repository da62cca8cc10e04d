package dev.unikernel.it;

import dev.unikernel.config.HypervisorChoice;
import dev.unikernel.config.Key;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * A copy of the VMM that these tests run with, and that carries file capabilities, as Cloud Hypervisor's own README has it.
 *
 * @param setting the option of {@code java} that has it used
 */
record CapableVmm(String setting) {

    private static final String CAPABILITIES = "cap_net_admin+ep";
    private static final List<String> LINKS = List.of("share", "lib");

    /** Made in {@code folder} by the first call. Skips the test where that, or running it, is not possible. */
    static CapableVmm in(Path folder) throws IOException {
        boolean qemu = Settings.ofSystemProperties().get(Keys.HYPERVISOR) == HypervisorChoice.QEMU;
        Key<Optional<Path>> key = qemu ? Keys.QEMU_BINARY : Keys.CLOUD_HYPERVISOR_BINARY;
        String program = qemu ? "qemu-system-x86_64" : "cloud-hypervisor";
        Path copy = folder.resolve("capable/bin").resolve(program);
        if (!Files.exists(copy)) {
            Path original = Host.current()
                    .findBinary(Settings.ofSystemProperties(), key, program)
                    .orElseThrow();
            make(original.toRealPath(), copy);
        }
        Prerequisites.assumeSucceeds(List.of("setcap", CAPABILITIES, copy.toString()));
        // Where they are not allowed to a process, the kernel refuses to run the program.
        Prerequisites.assumeSucceeds(List.of(copy.toString(), "--version"));
        return new CapableVmm("-D" + key.name() + "=" + copy);
    }

    private static void make(Path original, Path copy) throws IOException {
        Path home = copy.getParent().getParent();
        Files.createDirectories(copy.getParent());
        PlainUser.letIn(home);
        PlainUser.letIn(copy.getParent());
        Files.copy(original, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        // QEMU looks for its firmware beside the folder in which its binary is.
        for (String name : LINKS) {
            Files.createSymbolicLink(home.resolve(name), original.getParent().resolveSibling(name));
        }
    }

    static void deleteLinks(Path folder) throws IOException {
        for (String name : LINKS) {
            Files.deleteIfExists(folder.resolve("capable").resolve(name));
        }
    }
}
