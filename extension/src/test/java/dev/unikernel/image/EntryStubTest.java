package dev.unikernel.image;

import static dev.unikernel.image.ElfBuilder.note;
import static dev.unikernel.image.ElfBuilder.pvhNote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.image.ElfKernel.LoadSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryStubTest {

    private static final byte CALL = (byte) 0xe8;

    @TempDir
    Path folder;

    @Test
    void copyEntersByTheStubAndIsTheSameKernelOtherwise() throws IOException {
        ElfKernel kernel = kernel(callingAt(0x200000, 0xdc, 5000), pvhNote(0x2000dc));
        byte[] original = Files.readAllBytes(kernel.file());
        Path file = folder.resolve("copy");

        kernel.copyWithEntryStub(file);

        ElfKernel copy = (ElfKernel) KernelImage.inspect(file);
        assertThat(copy.pvhEntry()).hasValue(0x1ff000);
        assertThat(copy.entry()).isEqualTo(kernel.entry());
        assertThat(copy.endAddress()).isEqualTo(kernel.endAddress());
        assertThat(copy.usesUnsetStack()).as("of the stub").isFalse();
        // 64 + 3 * 56 bytes of headers, 5000, 10 and 24 of segments are 5266: the next page begins at 8192.
        assertThat(copy.segments().get(0)).isEqualTo(new LoadSegment(8192, 0x1ff000, 10, 10));
        assertThat(copy.segments().subList(1, 3)).isEqualTo(kernel.segments());
        assertThat(Files.readAllBytes(kernel.file())).as("the original").isEqualTo(original);
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void eachByteThatDiffersIsMeant() throws IOException {
        ElfKernel kernel = kernel(callingAt(0x200000, 0xdc, 5000), pvhNote(0x2000dc));
        byte[] original = Files.readAllBytes(kernel.file());
        Path file = folder.resolve("copy");

        kernel.copyWithEntryStub(file);

        ByteBuffer copy = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(copy.capacity()).isEqualTo(8208 + 4 * 56);
        assertThat(copy.getLong(32)).as("e_phoff").isEqualTo(8208);
        assertThat(copy.getShort(56)).as("e_phnum").isEqualTo((short) 4);
        int note = 64 + 3 * 56 + 5010 + 16;
        assertThat(copy.getInt(note)).as("the note's entry").isEqualTo(0x1ff000);
        assertThat(Arrays.copyOfRange(copy.array(), 8192, 8202))
                .as("mov esp, 0xa000; jmp 0x2000dc, which is 0x10d2 behind the stub's end")
                .isEqualTo(new byte[] {(byte) 0xbc, 0, (byte) 0xa0, 0, 0, (byte) 0xe9, (byte) 0xd2, 0x10, 0, 0});
        assertThat(Arrays.copyOfRange(copy.array(), 8208 + 56, 8208 + 4 * 56))
                .as("the original's program headers")
                .isEqualTo(Arrays.copyOfRange(original, 64, 64 + 3 * 56));
        assertThat(copy.getInt(8208)).as("p_type").isEqualTo(1);
        assertThat(copy.getInt(8208 + 4)).as("p_flags").isEqualTo(5);
        copy.putLong(32, 64).putShort(56, (short) 3).putInt(note, 0x2000dc);
        assertThat(Arrays.copyOf(copy.array(), original.length)).isEqualTo(original);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x100000, 0x100001, 0x100800, 0x101000, 0xc0000000L})
    void stubIsInThePageBelowTheKernel(long address) {
        ElfKernel kernel = kernel(callingAt(address, 0, 5000), pvhNote(address));

        EntryStub stub = EntryStub.of(kernel);

        assertThat(stub.address() % 0x1000).isZero();
        assertThat(stub.address() + EntryStub.SIZE).isLessThanOrEqualTo(address & -0x1000);
        assertThat(stub.address()).isEqualTo((address & -0x1000) - 0x1000);
        ByteBuffer code = stub.code();
        assertThat(code.get(5)).isEqualTo((byte) 0xe9);
        assertThat(stub.address() + EntryStub.SIZE + code.getInt(6))
                .as("where it jumps")
                .isEqualTo(address);
    }

    @Test
    void noteOf4BytesBehindOthersIsTheOneThatChanges() throws IOException {
        byte[] entry = {(byte) 0xdc, 0, 0x20, 0};
        ElfKernel kernel =
                kernel(callingAt(0x200000, 0xdc, 5000), note("GNU", 3, new byte[20]), note("Xen", 18, entry));
        Path file = folder.resolve("copy");

        kernel.copyWithEntryStub(file);

        assertThat(((ElfKernel) KernelImage.inspect(file)).pvhEntry()).hasValue(0x1ff000);
    }

    @Test
    void kernelBelowTheFirstMebibyteIsRefused() {
        ElfKernel kernel = kernel(callingAt(0xff000, 0, 5000), pvhNote(0xff000));

        assertThatThrownBy(() -> kernel.copyWithEntryStub(folder.resolve("copy")))
                .isInstanceOf(ImageException.class)
                .hasMessage("The kernel " + kernel.file()
                        + " uses a stack at its PVH entry before it sets one, and is loaded"
                        + " at 0xff000, so that there is no place below it for code that sets one. Expected is a kernel"
                        + " behind the first MiB. Link it there, or let its entry set ESP.");
        assertThat(folder.resolve("copy")).doesNotExist();
    }

    @Test
    void kernelThatSetsItsStackIsRefused() {
        byte[] code = new byte[5000];
        code[0] = (byte) 0xbc;
        code[5] = CALL;
        ElfKernel kernel = kernel(new ElfBuilder().load(0x200000, code), pvhNote(0x200000));

        assertThat(kernel.usesUnsetStack()).isFalse();
        assertThatThrownBy(() -> kernel.copyWithEntryStub(folder.resolve("copy")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("was not seen to use a stack before it sets one");
        assertThat(folder.resolve("copy")).doesNotExist();
    }

    @Test
    void entryOutsideOfTheFileIsNotJudged() {
        ElfKernel kernel = kernel(callingAt(0x200000, 0, 5000), pvhNote(0x300000));

        assertThat(kernel.usesUnsetStack()).isFalse();
    }

    @Test
    void copyThatCannotBeWrittenLeavesNothingAndSaysWhy() throws IOException {
        ElfKernel kernel = kernel(callingAt(0x200000, 0, 5000), pvhNote(0x200000));
        Path target = Files.writeString(folder.resolve("copy"), "mine");

        assertThatThrownBy(() -> kernel.copyWithEntryStub(target))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith(
                        "The kernel " + kernel.file() + " cannot be copied to " + target + ": that exists already. ");
        assertThat(target).hasContent("mine");
    }

    /** A segment of {@code size} bytes with a CALL at {@code place}. */
    private static ElfBuilder callingAt(long address, int place, int size) {
        byte[] code = new byte[size];
        code[place] = CALL;
        return new ElfBuilder().load(address, code).load(address + 0x10000, 10);
    }

    private ElfKernel kernel(ElfBuilder elf, byte[]... notes) {
        return (ElfKernel) KernelImage.inspect(elf.notes(notes).write(folder.resolve("kernel")));
    }
}
