package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.fixtures.FixtureGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The fixture guest, but for its first instructions: it calls and returns before it sets its stack, as Nanos does at its
 * PVH entry since February 2024.
 */
final class StackHungryKernel {

    /** Where 0x100000, the beginning of the kernel in memory, is in the file. */
    private static final int FILE_OFFSET = 0x1000;

    /** The eight bytes between the PVH note and the code. */
    private static final int GAP = FILE_OFFSET + 0x18;

    private static final int ENTRY = FILE_OFFSET + 0x20;

    private StackHungryKernel() {}

    static Path writeTo(Path target) throws IOException {
        ByteBuffer kernel =
                ByteBuffer.wrap(Files.readAllBytes(FixtureGuest.kernel())).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(kernel.getLong(GAP)).as("the gap").isZero();
        assertThat(kernel.getShort(ENTRY)).as("cli; cld").isEqualTo((short) 0xfcfa);
        assertThat(kernel.get(ENTRY + 2)).as("mov esp, ...").isEqualTo((byte) 0xbc);
        int stack = kernel.getInt(ENTRY + 3);
        kernel.position(ENTRY);
        kernel.put((byte) 0xe8).putInt(GAP + 7 - (ENTRY + 5)); // call to the ret below
        kernel.put((byte) 0xeb).put((byte) (GAP - (ENTRY + 7))); // jmp to the gap
        kernel.position(GAP);
        kernel.put((byte) 0xbc).putInt(stack); // mov esp, ...
        kernel.put((byte) 0xeb).put((byte) (ENTRY + 7 - (GAP + 7))); // jmp to where the original goes on
        kernel.put((byte) 0xc3); // ret
        return Files.write(target, kernel.array());
    }
}
