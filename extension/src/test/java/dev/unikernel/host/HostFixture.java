package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A machine whose {@code /}, {@code /proc} and {@code /dev} are folders of a test. */
public final class HostFixture {

    public final Path root;
    public final Path proc;
    public final Path dev;
    public final Map<String, String> environment = new HashMap<>();
    public String os = "Linux";
    public String architecture = "amd64";

    public HostFixture(Path folder) {
        this.root = folder;
        this.proc = folder.resolve("proc");
        this.dev = folder.resolve("dev");
    }

    public Host host() {
        return new Host(surroundings());
    }

    Surroundings surroundings() {
        return new Surroundings(root, proc, dev, environment, os, architecture, "ann");
    }

    public Path write(Path file, String content) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program on PATH, as a script of sh. */
    public Path program(String name, String script) {
        Path program = write(root.resolve("bin").resolve(name), "#!/bin/sh\n" + script + "\n");
        environment.put("PATH", program.getParent().toString());
        if (!program.toFile().setExecutable(true)) {
            throw new IllegalStateException(program + " cannot be made executable");
        }
        return program;
    }
}
