package com.example;

import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a guest says of itself, and a journal of it that outlives this JVM. */
final class Guest {

    private Guest() {}

    /** Differs from boot to boot. */
    static String bootId(URI vm) {
        try (var body = vm.resolve("/boot-id").toURL().openStream()) {
            return new String(body.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line: the test class, this JVM, the VMM, the boot, the VM's folder for what lives as long as it does. */
    static synchronized void note(Class<?> testClass, Vm vm) {
        try {
            String command = Files.readString(Path.of("/proc", String.valueOf(vm.pid()), "cmdline"));
            String folder = "/unikernel-" + ProcessHandle.current().pid() + "-";
            folder = command.replaceAll("(?s).*?(/[^\0,=]*" + folder + "[^/\0,]+)/.*", "$1");
            String line = String.join(
                    " ",
                    testClass.getSimpleName(),
                    "" + ProcessHandle.current().pid(),
                    "" + vm.pid(),
                    bootId(vm.uri()).strip(),
                    folder + "\n");
            Files.writeString(
                    Path.of(System.getProperty("journal")), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
