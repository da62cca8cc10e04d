package dev.unikernel.image;

import java.nio.file.Path;

/** A kernel for tests of other packages: an ELF file with a PVH note and no code. */
public final class KernelFile {

    private KernelFile() {}

    /** Writes it. */
    public static Path writeTo(Path file) {
        return new ElfBuilder()
                .load(0x100000, 64)
                .notes(ElfBuilder.pvhNote(0x100000))
                .write(file);
    }
}
