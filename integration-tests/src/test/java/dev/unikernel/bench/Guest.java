package dev.unikernel.bench;

import dev.unikernel.fixtures.FixtureGuest;
import dev.unikernel.fixtures.FixtureImage;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The guest that all boot: the fixture unikernel with its defaults, as two files.
 *
 * @param kernel what the VMM is given as its kernel
 * @param image of which each boot has a copy
 */
record Guest(Path kernel, Path image) {

    static final int PORT = 8080;

    /** Writes both files into {@code folder}. */
    static Guest in(Path folder) {
        try {
            Path kernel = folder.resolve("fixture.elf");
            Files.copy(FixtureGuest.kernel(), kernel, StandardCopyOption.REPLACE_EXISTING);
            return new Guest(kernel, FixtureImage.builder().build().writeTo(folder.resolve("fixture.img")));
        } catch (IOException e) {
            throw new BenchException("the guest cannot be written into " + folder + ": " + e, e);
        }
    }

    /** The same guest, with an address but without a server. */
    VmSpec mute() {
        Path silent = FixtureImage.builder().withoutHttp().build().writeTo(image.resolveSibling("mute.img"));
        return VmSpec.builder().kernel(kernel).image(silent).port(PORT).build();
    }

    VmSpec spec() {
        return VmSpec.builder().kernel(kernel).image(image).port(PORT).build();
    }
}
