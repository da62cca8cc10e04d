package dev.unikernel.it;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.unikernel.host.ProgramPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The DHCP servers of this machine: installed, or unpacked by {@code bin/setup}. */
final class Servers {

    private Servers() {}

    /**
     * The program, or a script in {@code folder} that becomes it. Skips the test where there is none.
     *
     * @param program dhcpd, dnsmasq or kea-dhcp4
     */
    static Path find(String program, Path folder) throws IOException {
        Optional<Path> installed = ProgramPath.ofThisJvm().find(program);
        if (installed.isPresent()) {
            return installed.get();
        }
        Path unpacked = cache().resolve("unikernel-junit").resolve(program).resolve("usr");
        Path binary = unpacked.resolve("sbin").resolve(program);
        if (!Files.isExecutable(binary)) {
            return abort("SKIPPED: no " + program + " is installed here, and bin/setup has unpacked none");
        }
        Path script = folder.resolve(program);
        Files.writeString(
                script,
                "#!/bin/sh\nLD_LIBRARY_PATH=" + unpacked + "/lib/x86_64-linux-gnu exec " + binary + " \"$@\"\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path cache() {
        String set = System.getenv("XDG_CACHE_HOME");
        return set == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(set);
    }
}
