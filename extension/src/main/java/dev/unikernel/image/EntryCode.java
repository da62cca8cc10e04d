package dev.unikernel.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The 32-bit code at a kernel's PVH entry, read only so far as to see whether it uses a stack before it sets one.
 *
 * <p>It is read in a straight line, at most {@value #LONGEST} bytes. The answer is yes if a CALL, PUSH, POP, RET, LEAVE,
 * PUSHA, POPA, PUSHF or POPF comes, and everything before it was one of the instructions that are known here and do not
 * write ESP: CLI, STI, CLD, STD, NOP, INC, DEC, MOV (immediate, register, memory, control and segment registers), LEA,
 * ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, BTS, BTR, shifts, RDMSR, WRMSR, CPUID, RDTSC, IN, OUT, INVD, WBINVD, LGDT,
 * LIDT. At anything else, jumps and prefixes included, the answer is no: what is not understood is left alone.
 */
final class EntryCode {

    private static final int LONGEST = 256;
    private static final int ESP = 4;

    private enum Step {
        GO_ON,
        STACK_USED,
        /** Or something that is not known here. */
        STACK_SET
    }

    private final ByteBuffer code;

    EntryCode(ByteBuffer code) {
        this.code = code.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The code from the physical address {@code entry} on; none if that is in no segment's part of the file. */
    static EntryCode at(long entry, ImageFile file, List<ElfKernel.LoadSegment> segments) {
        for (ElfKernel.LoadSegment segment : segments) {
            long start = entry - segment.address();
            if (start >= 0 && start < segment.fileSize()) {
                int length = (int) Math.min(LONGEST, segment.fileSize() - start);
                return new EntryCode(file.bytes(segment.offset() + start, length));
            }
        }
        return new EntryCode(ByteBuffer.allocate(0));
    }

    boolean usesUnsetStack() {
        code.rewind();
        try {
            Step step = Step.GO_ON;
            while (step == Step.GO_ON) {
                step = instruction();
            }
            return step == Step.STACK_USED;
        } catch (BufferUnderflowException e) {
            return false;
        }
    }

    private Step instruction() {
        int opcode = next();
        return switch (opcode) {
            case 0xe8 -> usesStackWith(4); // CALL
            case 0x68 -> usesStackWith(4); // PUSH
            case 0x6a -> usesStackWith(1);
            case 0x60, 0x61, 0x9c, 0x9d, 0xc2, 0xc3, 0xc9 -> Step.STACK_USED;
            case 0x90, 0xfa, 0xfb, 0xfc, 0xfd, 0xec, 0xed, 0xee, 0xef -> Step.GO_ON;
            case 0xe4, 0xe5, 0xe6, 0xe7 -> skip(1);
            case 0x05, 0x0d, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0xa9 -> skip(4);
            case 0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31, 0x39, 0x85, 0x89 -> writesOperand(0);
            case 0x83, 0xc1 -> writesOperand(1);
            case 0x81, 0xc7 -> writesOperand(4);
            case 0xd1, 0xd3 -> writesOperand(0);
            case 0x03, 0x0b, 0x13, 0x1b, 0x23, 0x2b, 0x33, 0x3b, 0x8b, 0x8d -> writesRegister();
            case 0x8e -> operand(next()); // a segment register
            case 0x0f -> twoByteInstruction();
            case 0xff -> groupOfFf();
            default -> byRegister(opcode);
        };
    }

    /** The instructions whose register is in the opcode. */
    private Step byRegister(int opcode) {
        boolean isEsp = (opcode & 7) == ESP;
        return switch (opcode & 0xf8) {
            case 0x40, 0x48 -> isEsp ? Step.STACK_SET : Step.GO_ON; // INC, DEC
            case 0x50, 0x58 -> Step.STACK_USED; // PUSH, POP
            case 0xb8 -> isEsp ? Step.STACK_SET : skip(4); // MOV
            default -> Step.STACK_SET;
        };
    }

    private Step twoByteInstruction() {
        return switch (next()) {
            case 0x08, 0x09, 0x30, 0x31, 0x32, 0xa2 -> Step.GO_ON; // INVD, WBINVD, WRMSR, RDTSC, RDMSR, CPUID
            case 0x20 -> (next() & 7) == ESP ? Step.STACK_SET : Step.GO_ON; // MOV from a control register
            case 0x22 -> skip(1);
            case 0xab, 0xb3 -> writesOperand(0); // BTS, BTR
            case 0xba -> writesOperand(1);
            case 0x01 -> descriptorTable();
            default -> Step.STACK_SET;
        };
    }

    /** LGDT or LIDT. */
    private Step descriptorTable() {
        int modRm = next();
        boolean loads = modRm >> 6 != 3 && (field(modRm) == 2 || field(modRm) == 3);
        return loads ? operand(modRm) : Step.STACK_SET;
    }

    /** INC, DEC, CALL, JMP and PUSH with an operand. */
    private Step groupOfFf() {
        int modRm = next();
        return switch (field(modRm)) {
            case 0, 1 -> isEsp(modRm) ? Step.STACK_SET : operand(modRm);
            case 2, 3, 6 -> Step.STACK_USED;
            default -> Step.STACK_SET;
        };
    }

    private Step writesOperand(int immediate) {
        int modRm = next();
        if (isEsp(modRm)) {
            return Step.STACK_SET;
        }
        operand(modRm);
        return skip(immediate);
    }

    private Step writesRegister() {
        int modRm = next();
        return field(modRm) == ESP ? Step.STACK_SET : operand(modRm);
    }

    private static boolean isEsp(int modRm) {
        return modRm >> 6 == 3 && (modRm & 7) == ESP;
    }

    private static int field(int modRm) {
        return (modRm >> 3) & 7;
    }

    /** Passes over what follows on a ModR/M byte with 32-bit addresses (Intel SDM, volume 2, table 2-2). */
    private Step operand(int modRm) {
        int mode = modRm >> 6;
        int base = modRm & 7;
        if (mode == 3) {
            return Step.GO_ON;
        }
        if (base == 4) {
            base = next() & 7; // the SIB byte's
        }
        return skip(mode == 1 ? 1 : mode == 2 || base == 5 ? 4 : 0);
    }

    private Step usesStackWith(int immediate) {
        skip(immediate); // all of it must be in the file
        return Step.STACK_USED;
    }

    private Step skip(int bytes) {
        for (int index = 0; index < bytes; index++) {
            next();
        }
        return Step.GO_ON;
    }

    private int next() {
        return Byte.toUnsignedInt(code.get());
    }
}
