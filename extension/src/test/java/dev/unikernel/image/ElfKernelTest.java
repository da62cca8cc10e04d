package dev.unikernel.image;

import static dev.unikernel.image.ElfBuilder.note;
import static dev.unikernel.image.ElfBuilder.pvhNote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.MemorySize;
import dev.unikernel.image.ElfKernel.LoadSegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElfKernelTest {

    private static final String EXPECTED = ". Expected is an ELF file with a PVH note, or a Linux bzImage. ";
    private static final String AGAIN = EXPECTED + "Build or fetch it again.";

    @TempDir
    Path folder;

    @Test
    void kernelWithPvhNoteIsRead() {
        ElfBuilder elf =
                new ElfBuilder().load(0x100000, 100, 5000).load(0x200000, 10).notes(pvhNote(0x100040));
        elf.entry = 0x100010;

        ElfKernel kernel = inspect(elf);

        assertThat(kernel.entry()).isEqualTo(0x100010);
        assertThat(kernel.segments())
                .containsExactly(
                        new LoadSegment(64 + 3 * 56, 0x100000, 100, 5000),
                        new LoadSegment(64 + 3 * 56 + 100, 0x200000, 10, 10));
        assertThat(kernel.pvhEntry()).hasValue(0x100040);
        assertThat(kernel.anyPvhEntry()).hasValue(0x100040);
        assertThat(kernel.interpreter()).isEmpty();
        assertThat(kernel.endAddress()).isEqualTo(0x20000a);
        assertThat(kernel.describe()).isEqualTo("ELF, PVH entry 0x100040");
        for (Loader loader : Loader.values()) {
            assertThatCode(() -> kernel.requireBootableBy(loader)).doesNotThrowAnyException();
        }
    }

    @Test
    void pvhNoteIsFoundBehindOthers() {
        ElfKernel kernel = inspect(new ElfBuilder()
                .load(0x100000, 10)
                .notes(
                        note("GNU", 3, new byte[20]),
                        note("Xen", 5, new byte[3]), // not aligned, so padded
                        note("Linux", 18, new byte[4]),
                        note("Xeno", 18, new byte[4]),
                        note("Xen", 18, new byte[] {0x78, 0x56, 0x34, 0x12})));

        assertThat(kernel.pvhEntry()).hasValue(0x12345678);
    }

    @Test
    void entryIs32Bits() {
        ElfKernel kernel = inspect(new ElfBuilder().load(0x100000, 10).notes(pvhNote(0x1_f000_0000L)));

        assertThat(kernel.pvhEntry()).hasValue(0xf0000000L);
    }

    @ParameterizedTest
    @EnumSource
    void kernelWithoutPvhNoteIsNotBootable(Loader loader) {
        ElfKernel kernel = inspect(new ElfBuilder().load(0x100000, 10).notes(note("GNU", 3, new byte[20])));

        assertThat(kernel.pvhEntry()).isEmpty();
        assertThat(kernel.describe()).isEqualTo("ELF without a PVH note");
        assertThatThrownBy(() -> kernel.requireBootableBy(loader))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + kernel.file() + " is an ELF file without a PVH note (name Xen, type 18)."
                        + " Expected is a kernel that tells where to enter it. Name the unikernel's own kernel (for"
                        + " Nanos kernel.img), a Linux vmlinux with CONFIG_PVH=y, or a bzImage.");
    }

    @Test
    void programForLinuxIsCalledOne() {
        ElfKernel kernel = inspect(new ElfBuilder().load(0, 10).interpreter("/lib64/ld-linux-x86-64.so.2"));

        assertThatThrownBy(() -> kernel.requireBootableBy(Loader.QEMU))
                .isInstanceOf(ImageException.class)
                .hasMessage(
                        "The kernel " + kernel.file() + " is an ELF file without a PVH note (name Xen, type 18); it is"
                                + " a program for Linux, run by /lib64/ld-linux-x86-64.so.2. Expected is a kernel that tells"
                                + " where to enter it. Name the unikernel's own kernel (for Nanos kernel.img), a Linux vmlinux"
                                + " with CONFIG_PVH=y, or a bzImage.");
    }

    @Test
    void laterNoteSegmentHidesTheNoteFromCloudHypervisorOnly() {
        ElfKernel kernel = inspect(
                new ElfBuilder().load(0x100000, 10).notes(pvhNote(0x100040)).notes(note("GNU", 5, new byte[16])));

        assertThat(kernel.pvhEntry()).isEmpty();
        assertThat(kernel.anyPvhEntry()).hasValue(0x100040);
        assertThatCode(() -> kernel.requireBootableBy(Loader.QEMU)).doesNotThrowAnyException();
        assertThatThrownBy(() -> kernel.requireBootableBy(Loader.CLOUD_HYPERVISOR))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + kernel.file() + " has its PVH note (name Xen, type 18) in a PT_NOTE segment"
                        + " that another one follows, and Cloud Hypervisor looks at the last one only. Expected is a PVH"
                        + " note in the last PT_NOTE segment. Link it with one PT_NOTE segment: keep only .note.Xen in"
                        + " the linker script.");
    }

    @Test
    void noteInTheLastSegmentRules() {
        ElfKernel kernel = inspect(new ElfBuilder()
                .load(0x100000, 10)
                .notes(note("GNU", 5, new byte[16]))
                .notes(pvhNote(0x100040)));

        assertThat(kernel.pvhEntry()).hasValue(0x100040);
    }

    @Test
    void entryBelowTheFirstMebibyteIsForQemuOnly() {
        ElfBuilder elf = new ElfBuilder().load(0x100000, 10).notes(pvhNote(0x100040));
        elf.entry = 0xfffff;
        ElfKernel kernel = inspect(elf);

        assertThatCode(() -> kernel.requireBootableBy(Loader.QEMU)).doesNotThrowAnyException();
        assertThatThrownBy(() -> kernel.requireBootableBy(Loader.CLOUD_HYPERVISOR))
                .isInstanceOf(ImageException.class)
                .hasMessage(
                        "The kernel " + kernel.file() + " has the entry address 0xfffff in its ELF header, and Cloud"
                                + " Hypervisor refuses one below 0x100000, even if it enters by the PVH note. Expected is an"
                                + " entry behind the first MiB. Link it with such an entry.");
    }

    @Test
    void memoryThatCannotHoldTheKernelIsRefused() {
        ElfKernel kernel = inspect(new ElfBuilder().load(0x100000, 10, 0x300001).notes(pvhNote(0x100040)));

        assertThatCode(() -> kernel.requireFitsInto(MemorySize.parse("8M"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> kernel.requireFitsInto(MemorySize.parse("4M")))
                .isInstanceOf(ImageException.class)
                .hasMessage(
                        "The kernel " + kernel.file() + " reaches up to 4097K of the guest's memory, but that has only"
                                + " 4M. Give the guest more memory than that.");
    }

    @Test
    void truncatedFilesAreRefusedWhereverTheyEnd() throws Exception {
        byte[] whole =
                new ElfBuilder().load(0x100000, 1000).notes(pvhNote(0x100040)).build();
        // The header, the table of 2 x 56 bytes, 1000 bytes of the first segment, 24 of the second.
        assertTruncated(whole, 63, "its ELF header ends at byte 64");
        assertTruncated(whole, 64, "its table of program headers ends at byte 176");
        assertTruncated(whole, 175, "its table of program headers ends at byte 176");
        assertTruncated(whole, 1175, "its segment 1 of 2 ends at byte 1176");
        assertTruncated(whole, 1199, "its segment 2 of 2 ends at byte 1200");
        Path file = Files.write(folder.resolve("whole"), whole);
        assertThat(whole).hasSize(1200);
        assertThatCode(() -> KernelImage.inspect(file)).doesNotThrowAnyException();
    }

    private void assertTruncated(byte[] whole, int size, String what) throws Exception {
        Path file = Files.write(folder.resolve("truncated"), Arrays.copyOf(whole, size));
        assertThatThrownBy(() -> KernelImage.inspect(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + file + " is truncated: it has " + size + " bytes, but " + what + AGAIN);
    }

    @Test
    void segmentBeyondAllFilesIsTruncatedToo() {
        assertRefused(
                elf -> elf.putLong(64 + 8, Long.MAX_VALUE),
                "is truncated: it has 186 bytes, but its segment 1 of 1 ends at byte 2^63 or later" + AGAIN);
        assertRefused(
                elf -> elf.putLong(64 + 32, -1),
                "is truncated: it has 186 bytes, but its segment 1 of 1 ends at byte 2^63 or later" + AGAIN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | 1 | 2 | 3   | is a 32-bit ELF file for x86
            1 | 1 | 2 | 40  | is a 32-bit ELF file for Arm
            1 | 1 | 2 | 62  | is a 32-bit ELF file for x86-64
            2 | 1 | 2 | 183 | is an ELF file for AArch64
            2 | 1 | 2 | 243 | is an ELF file for RISC-V
            2 | 1 | 2 | 7   | is an ELF file for another machine (e_machine 7)
            2 | 2 | 2 | 22  | is a big-endian ELF file
            """)
    void otherMachinesAreRefused(int elfClass, int data, int type, int machine, String found) {
        ElfBuilder elf = new ElfBuilder().load(0x100000, 10).notes(pvhNote(0x100040));
        elf.elfClass = elfClass;
        elf.data = data;
        elf.type = type;
        elf.machine = machine;

        assertRefused(elf, found + EXPECTED + "Build it for x86-64, or name another file.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | is an ELF file, but an object file that is not linked yet
            4 | is an ELF file, but of the type 4
            """)
    void filesThatAreNotLinkedAreRefused(int type, String found) {
        ElfBuilder elf = new ElfBuilder().load(0x100000, 10).notes(pvhNote(0x100040));
        elf.type = type;

        assertRefused(elf, found + EXPECTED + "Name the linked kernel.");
    }

    @Test
    void fileWithNothingToLoadIsRefused() {
        assertRefused(
                new ElfBuilder().notes(pvhNote(0x100040)),
                "is an ELF file without a PT_LOAD segment, so that nothing of it would be loaded" + EXPECTED
                        + "Name the linked kernel.");
        assertRefused(
                new ElfBuilder(),
                "is an ELF file without a PT_LOAD segment, so that nothing of it would be loaded" + EXPECTED
                        + "Name the linked kernel.");
    }

    @Test
    void brokenHeadersAreRefused() {
        assertRefused(
                elf -> elf.putShort(54, (short) 32),
                "is a broken ELF file: its program headers have 32 bytes each and begin at byte 64, where 56 bytes and a"
                        + " place behind the header are due" + AGAIN);
        assertRefused(
                elf -> elf.putLong(32, 8),
                "is a broken ELF file: its program headers have 56 bytes each and begin at byte 8, where 56 bytes and a"
                        + " place behind the header are due" + AGAIN);
        assertRefused(
                elf -> elf.putLong(64 + 40, 65),
                "is a broken ELF file: its segment 1 of 1 is to take 0x41 bytes at the physical address 0x100000, and has"
                        + " 66 in the file" + AGAIN);
        assertRefused(
                elf -> elf.putLong(64 + 24, Long.MAX_VALUE),
                "is a broken ELF file: its segment 1 of 1 is to take 0x42 bytes at the physical address"
                        + " 0x7fffffffffffffff, and has 66 in the file" + AGAIN);
    }

    @Test
    void brokenNotesAreRefused() {
        assertRefused(
                new ElfBuilder().load(0x100000, 10).notes(note("Xen", 18, new byte[2])),
                "is a broken ELF file: its PVH note has 2 bytes, where the entry address needs 4" + AGAIN);
        assertRefused(
                new ElfBuilder().load(0x100000, 10).notes(Arrays.copyOf(pvhNote(0x100040), 17)),
                "is a broken ELF file: its PVH note has 8 bytes, where the entry address needs 4" + AGAIN);
        assertRefused(
                new ElfBuilder().load(0x100000, 10).notes(new byte[(1 << 20) + 1]),
                "is a broken ELF file: its notes have 1048577 bytes, where a few hundred are due" + AGAIN);
    }

    @Test
    void noteThatClaimsToBeHugeEndsTheSearch() {
        byte[] huge = note("GNU", 3, new byte[4]);
        ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putInt(0, -1).putInt(4, -1);

        assertThat(inspect(new ElfBuilder().load(0x100000, 10).notes(huge, pvhNote(0x100040)))
                        .anyPvhEntry())
                .isEmpty();
    }

    private ElfKernel inspect(ElfBuilder elf) {
        return (ElfKernel) KernelImage.inspect(elf.write(folder.resolve("kernel.elf")));
    }

    private void assertRefused(ElfBuilder elf, String found) {
        Path file = elf.write(folder.resolve("kernel.elf"));
        assertThatThrownBy(() -> KernelImage.inspect(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + file + " " + found);
    }

    private void assertRefused(Consumer<ByteBuffer> damage, String found) {
        byte[] elf = new ElfBuilder().load(0x100000, 66).build();
        damage.accept(ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN));
        Path file = folder.resolve("kernel.elf");
        assertThatCode(() -> Files.write(file, elf)).doesNotThrowAnyException();
        assertThatThrownBy(() -> KernelImage.inspect(file))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + file + " " + found);
    }
}
