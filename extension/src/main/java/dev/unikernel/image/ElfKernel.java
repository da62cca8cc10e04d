package dev.unikernel.image;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A kernel as a 64-bit ELF file for x86-64 (System V ABI, chapter 4 and 5).
 *
 * @param entry the ELF header's entry address
 * @param segments what is loaded, in the order of the file
 * @param pvhEntry the guest's entry address in the PVH note that Cloud Hypervisor sees, which is that of the last
 *     PT_NOTE segment (linux-loader forgets a note when it comes to a later segment without one)
 * @param anyPvhEntry the same in whichever PT_NOTE segment, as QEMU sees it
 * @param usesUnsetStack whether the code at {@link #pvhEntry} was seen to use a stack before it sets one, see {@link
 *     #copyWithEntryStub}
 * @param interpreter the program interpreter: what asks for one is a program for an operating system; else empty
 */
public record ElfKernel(
        Path file,
        long entry,
        List<LoadSegment> segments,
        OptionalLong pvhEntry,
        OptionalLong anyPvhEntry,
        boolean usesUnsetStack,
        String interpreter)
        implements KernelImage {

    /** Where linux-loader wants {@link #entry} to be at least: behind the first MiB, with its BIOS areas. */
    private static final long HIGH_MEMORY = 0x100000;

    public ElfKernel {
        segments = List.copyOf(segments);
    }

    /**
     * A part of the file that is loaded (PT_LOAD).
     *
     * @param offset where it begins in the file
     * @param address the guest's physical address (p_paddr)
     * @param fileSize its bytes in the file
     * @param memorySize its bytes in memory; what the file does not have is zero
     */
    public record LoadSegment(long offset, long address, long fileSize, long memorySize) {}

    @Override
    public void copyWithEntryStub(Path target) {
        EntryStub.write(this, target);
    }

    @Override
    public String describe() {
        return anyPvhEntry.isPresent()
                ? "ELF, PVH entry 0x" + Long.toHexString(anyPvhEntry.getAsLong())
                : "ELF without a PVH note";
    }

    @Override
    public long endAddress() {
        return segments.stream()
                .mapToLong(segment -> segment.address() + segment.memorySize())
                .max()
                .orElse(0);
    }

    @Override
    public void requireBootableBy(Loader loader) {
        if (anyPvhEntry.isEmpty()) {
            throw withoutNote();
        }
        if (loader == Loader.QEMU) {
            return;
        }
        if (pvhEntry.isEmpty()) {
            throw new ImageException(
                    "The kernel " + file + " has its PVH note (name Xen, type 18) in a PT_NOTE segment that"
                            + " another one follows, and Cloud Hypervisor looks at the last one only. Expected is a PVH note in"
                            + " the last PT_NOTE segment. Link it with one PT_NOTE segment: keep only .note.Xen in the linker"
                            + " script.");
        }
        if (Long.compareUnsigned(entry, HIGH_MEMORY) < 0) {
            throw new ImageException("The kernel " + file + " has the entry address 0x" + Long.toHexString(entry)
                    + " in its ELF header, and Cloud Hypervisor refuses one below 0x100000, even if it enters by the PVH"
                    + " note. Expected is an entry behind the first MiB. Link it with such an entry.");
        }
    }

    private ImageException withoutNote() {
        String found = interpreter.isEmpty() ? "" : "; it is a program for Linux, run by " + interpreter;
        return new ImageException(
                "The kernel " + file + " is an ELF file without a PVH note (name Xen, type 18)" + found
                        + ". Expected is a kernel that tells where to enter it. Name the unikernel's own kernel (for Nanos"
                        + " kernel.img), a Linux vmlinux with CONFIG_PVH=y, or a bzImage.");
    }

    static boolean matches(ByteBuffer head) {
        return head.limit() >= 4 && head.getInt(0) == ElfHeader.MAGIC;
    }

    static ElfKernel read(ImageFile file) {
        ElfHeader header = ElfHeader.read(file);
        List<LoadSegment> segments = new ArrayList<>();
        OptionalLong lastPvhEntry = OptionalLong.empty();
        OptionalLong anyPvhEntry = OptionalLong.empty();
        String interpreter = "";
        for (ElfHeader.Segment segment : header.segments()) {
            switch (segment.type()) {
                case ElfHeader.LOAD ->
                    segments.add(new LoadSegment(
                            segment.offset(), segment.address(), segment.fileSize(), segment.memorySize()));
                case ElfHeader.NOTE -> {
                    lastPvhEntry = PvhNote.find(file, segment)
                            .map(note -> OptionalLong.of(note.entry()))
                            .orElseGet(OptionalLong::empty);
                    anyPvhEntry = lastPvhEntry.isPresent() ? lastPvhEntry : anyPvhEntry;
                }
                case ElfHeader.INTERPRETER -> interpreter = segment.text(file);
                default -> {} // nothing that a loader looks at
            }
        }
        if (segments.isEmpty()) {
            throw file.unexpected(
                    "is an ELF file without a PT_LOAD segment, so that nothing of it would be loaded",
                    "Name the linked kernel.");
        }
        boolean usesUnsetStack = lastPvhEntry.isPresent()
                && EntryCode.at(lastPvhEntry.getAsLong(), file, segments).usesUnsetStack();
        return new ElfKernel(
                file.path(), header.entry(), segments, lastPvhEntry, anyPvhEntry, usesUnsetStack, interpreter);
    }
}
