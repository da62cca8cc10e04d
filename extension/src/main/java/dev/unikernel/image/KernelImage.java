package dev.unikernel.image;

import dev.unikernel.config.MemorySize;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A kernel that a hypervisor can boot directly: an ELF file with a PVH note, or a Linux bzImage. */
public sealed interface KernelImage permits ElfKernel, BzImage {

    Path file();

    /** What it is in a few words, for the boot plan: {@code "ELF, PVH entry 0x100000"}. */
    String describe();

    /** The guest's physical address behind the last byte of the loaded kernel: less memory cannot hold it. */
    long endAddress();

    /**
     * Whether the code at its PVH entry was seen to use a stack before it sets one. That works only where the stack
     * pointer happens to be good at the entry; the PVH boot protocol does not promise any.
     */
    default boolean usesUnsetStack() {
        return false;
    }

    /**
     * Writes a copy that sets a stack (from 0xa000 downwards) before anything else and is the same kernel otherwise: one
     * more PT_LOAD with ten bytes of code in the page below the lowest, and the PVH note pointing there. The original is
     * only read.
     *
     * @param target where the copy is made, readable by this user alone; there must be no file yet
     * @throws ImageException if this kernel is none that {@link #usesUnsetStack}, has no page below it, or the copy cannot
     *     be written; nothing is left behind then
     */
    default void copyWithEntryStub(Path target) {
        throw new ImageException("The kernel " + file() + " is a " + describe()
                + ". Expected is an ELF file whose PVH entry" + " uses a stack that it has not set. Boot it as it is.");
    }

    /**
     * Checks what depends on who loads it.
     *
     * @throws ImageException if the loader would refuse this kernel
     */
    void requireBootableBy(Loader loader);

    /**
     * Checks that the guest's memory holds the loaded kernel. What it needs beyond that is not known.
     *
     * @throws ImageException if it does not
     */
    default void requireFitsInto(MemorySize memory) {
        if (endAddress() > memory.bytes()) {
            throw new ImageException("The kernel " + file() + " reaches up to " + kibibytes(endAddress())
                    + "K of the guest's memory, but that has only " + memory
                    + ". Give the guest more memory than that.");
        }
    }

    private static long kibibytes(long bytes) {
        return (bytes + 1023) >> 10;
    }

    /**
     * Looks at a kernel's file.
     *
     * @throws ImageException if there is none, it cannot be read or is truncated, or is no kernel for x86-64; says what it
     *     looks like instead
     */
    static KernelImage inspect(Path path) {
        try (ImageFile file = ImageFile.open("kernel", path, ImageFile.KERNEL)) {
            return inspect(file);
        }
    }

    /**
     * Looks at a kernel that was read from an image.
     *
     * @param image the file that it was read from, for messages
     * @throws ImageException if it is truncated, or is no kernel for x86-64
     */
    static KernelImage inspect(Path image, byte[] kernel) {
        try (ImageFile file = ImageFile.of("kernel in the image", image, ImageFile.KERNEL, kernel)) {
            return inspect(file);
        }
    }

    private static KernelImage inspect(ImageFile file) {
        ByteBuffer head = file.head();
        if (ElfKernel.matches(head)) {
            return ElfKernel.read(file);
        }
        if (BzImage.matches(head)) {
            return BzImage.read(file);
        }
        Appearance appearance = Appearance.of(head);
        throw file.unexpected("is no kernel: it looks like " + appearance.what(), appearance.adviceForKernel());
    }
}
