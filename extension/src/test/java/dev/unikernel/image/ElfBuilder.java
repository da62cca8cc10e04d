package dev.unikernel.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** For tests: writes small ELF files: a header, program headers and the segments' bytes one after the other. */
public final class ElfBuilder {

    private record Segment(int type, long address, byte[] content, long memorySize) {}

    private final List<Segment> segments = new ArrayList<>();
    int elfClass = 2;
    int data = 1;
    int type = 2;
    int machine = 62;
    long entry = 0x100000;

    ElfBuilder load(long address, int size) {
        segments.add(new Segment(1, address, new byte[size], size));
        return this;
    }

    ElfBuilder load(long address, int size, long memorySize) {
        segments.add(new Segment(1, address, new byte[size], memorySize));
        return this;
    }

    public ElfBuilder load(long address, byte[] content) {
        segments.add(new Segment(1, address, content, content.length));
        return this;
    }

    ElfBuilder interpreter(String path) {
        segments.add(new Segment(3, 0, (path + "\0").getBytes(StandardCharsets.US_ASCII), 0));
        return this;
    }

    public ElfBuilder notes(byte[]... notes) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] note : notes) {
            content.writeBytes(note);
        }
        segments.add(new Segment(4, 0, content.toByteArray(), 0));
        return this;
    }

    public static byte[] pvhNote(long entry) {
        return note("Xen", 18, bytes(8).putLong(entry).array());
    }

    static byte[] note(String name, int type, byte[] descriptor) {
        byte[] text = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        return bytes(12 + aligned(text.length) + aligned(descriptor.length))
                .putInt(text.length)
                .putInt(descriptor.length)
                .putInt(type)
                .put(text)
                .position(12 + aligned(text.length))
                .put(descriptor)
                .array();
    }

    byte[] build() {
        int size = 64
                + 56 * segments.size()
                + segments.stream()
                        .mapToInt(segment -> segment.content().length)
                        .sum();
        ByteBuffer elf = bytes(size);
        elf.putInt(0, 0x464c457f).put(4, (byte) elfClass).put(5, (byte) data).put(6, (byte) 1);
        elf.putShort(16, (short) type).putShort(18, (short) machine).putInt(20, 1);
        elf.putLong(24, entry).putLong(32, 64).putShort(52, (short) 64);
        elf.putShort(54, (short) 56).putShort(56, (short) segments.size());
        int offset = 64 + 56 * segments.size();
        for (int index = 0; index < segments.size(); index++) {
            Segment segment = segments.get(index);
            int at = 64 + 56 * index;
            elf.putInt(at, segment.type()).putLong(at + 8, offset);
            elf.putLong(at + 16, 0xffffffff80000000L).putLong(at + 24, segment.address());
            elf.putLong(at + 32, segment.content().length).putLong(at + 40, segment.memorySize());
            elf.put(offset, segment.content());
            offset += segment.content().length;
        }
        return elf.array();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int aligned(int size) {
        return (size + 3) & ~3;
    }
}
