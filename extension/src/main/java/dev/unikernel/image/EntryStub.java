package dev.unikernel.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Ten bytes before a kernel's own PVH entry, {@code mov esp, 0xa000; jmp entry}, for kernels that use a stack there
 * before they set one.
 *
 * <p>Nothing of the kernel moves: the copy is the original, then the stub on a page boundary, then the table of program
 * headers with the stub's PT_LOAD as its first.
 *
 * @param address the stub's physical address, in the page below the kernel
 * @param entry the kernel's own entry
 */
record EntryStub(long address, long entry) {

    static final int SIZE = 10;

    /**
     * Nanos sets the same one a few instructions later, and maps it. Below it Cloud Hypervisor has only tables that a
     * guest of PVH does not use down to 0x8000; what the loader tells the guest ends below that.
     */
    static final int STACK = 0xa000;

    private static final int PAGE = 0x1000;

    /** Below it are BIOS areas and the loader's tables. */
    private static final long LOWEST_KERNEL = 0x100000;

    static EntryStub of(ElfKernel kernel) {
        if (!kernel.usesUnsetStack()) {
            throw new ImageException(
                    "The kernel " + kernel.file() + " (" + kernel.describe() + ") was not seen to use a"
                            + " stack before it sets one. Expected is one that does. Boot it as it is.");
        }
        long lowest = kernel.segments().stream()
                .mapToLong(ElfKernel.LoadSegment::address)
                .min()
                .orElseThrow();
        if (lowest < LOWEST_KERNEL) {
            throw new ImageException(
                    "The kernel " + kernel.file() + " uses a stack at its PVH entry before it sets one, and"
                            + " is loaded at 0x" + Long.toHexString(lowest)
                            + ", so that there is no place below it for code that"
                            + " sets one. Expected is a kernel behind the first MiB. Link it there, or let its entry set ESP.");
        }
        return new EntryStub((lowest & -PAGE) - PAGE, kernel.pvhEntry().orElseThrow());
    }

    static void write(ElfKernel kernel, Path target) {
        EntryStub stub = of(kernel);
        boolean finished = false;
        boolean created = false;
        try (ImageFile file = ImageFile.open("kernel", kernel.file(), "an ELF file with a PVH note");
                FileChannel copy = create(target)) {
            created = true;
            file.copyTo(copy);
            stub.addTo(file, copy);
            finished = true;
        } catch (ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(
                    "The copy of the kernel " + kernel.file() + " to " + target + " was interrupted.", e);
        } catch (IOException e) {
            throw new ImageException(
                    "The kernel " + kernel.file() + " cannot be copied to " + target + ": " + ImageFile.reason(e)
                            + ". Expected is a place for a copy that sets a stack first. Look at the space and the rights"
                            + " there.",
                    e);
        } finally {
            if (created && !finished) {
                delete(target);
            }
        }
    }

    private void addTo(ImageFile file, FileChannel copy) throws IOException {
        ElfHeader header = ElfHeader.read(file);
        long codeOffset = (file.size() + PAGE - 1) & -PAGE;
        long tableOffset = (codeOffset + SIZE + 7) & -8L;
        put(copy, codeOffset, code());
        put(copy, tableOffset, programHeader(codeOffset));
        int table = header.segments().size() * ElfHeader.SEGMENT_SIZE;
        put(copy, tableOffset + ElfHeader.SEGMENT_SIZE, file.bytes(header.tableOffset(), table));
        put(copy, 32, bytes(8).putLong(tableOffset)); // e_phoff
        put(copy, 56, bytes(2).putShort((short) (header.segments().size() + 1))); // e_phnum
        put(copy, note(file, header).place(), bytes(4).putInt((int) address));
    }

    /** The note that Cloud Hypervisor sees. */
    private static PvhNote note(ImageFile file, ElfHeader header) {
        Optional<PvhNote> last = Optional.empty();
        for (ElfHeader.Segment segment : header.segments()) {
            if (segment.type() == ElfHeader.NOTE) {
                last = PvhNote.find(file, segment);
            }
        }
        return last.orElseThrow(
                () -> file.unexpected("has no PVH note any more", "Let nothing write to it during the tests."));
    }

    ByteBuffer code() {
        return bytes(SIZE)
                .put((byte) 0xbc)
                .putInt(STACK) // mov esp, STACK
                .put((byte) 0xe9)
                .putInt((int) (entry - (address + SIZE))); // jmp entry
    }

    private ByteBuffer programHeader(long offset) {
        return bytes(ElfHeader.SEGMENT_SIZE)
                .putInt(ElfHeader.LOAD)
                .putInt(5) // readable and executable
                .putLong(offset)
                .putLong(address) // the virtual one, which nobody looks at
                .putLong(address)
                .putLong(SIZE)
                .putLong(SIZE)
                .putLong(PAGE);
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(FileChannel copy, long position, ByteBuffer bytes) throws IOException {
        bytes.rewind();
        while (bytes.hasRemaining()) {
            copy.write(bytes, position + bytes.position());
        }
    }

    private static FileChannel create(Path target) throws IOException {
        return FileChannel.open(
                target,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private static void delete(Path target) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            System.getLogger(EntryStub.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot delete the unfinished copy " + target, e);
        }
    }
}
