package dev.unikernel.image.nanos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * For tests: an image as OPS and mkfs of Nanos make it: a partition with the boot file system, one with the root; each of them a log
 * that begins in its first sector and goes on in the eight after it.
 */
public final class TfsImage {

    public static final int BOOT = 0xce00;
    public static final int ROOT = BOOT + (64 << 10);
    public static final int SIZE = ROOT + (64 << 10);

    private static final int SECTOR = 512;
    private static final int PIECE = 8;

    private final ByteBuffer image = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final int version;

    public TfsImage() {
        this(5);
    }

    public TfsImage(int version) {
        this.version = version;
        partition(0, BOOT, ROOT - BOOT);
        partition(1, ROOT, SIZE - ROOT);
        image.putShort(510, (short) 0xaa55);
        fileSystem(BOOT, Map.of("children", Map.of()));
        fileSystem(ROOT, Map.of("program", "/web", "children", Map.of()));
    }

    TfsImage partition(int index, int start, int size) {
        image.put(0x1be + 16 * index + 4, (byte) 0x83)
                .putInt(0x1be + 16 * index + 8, start / SECTOR)
                .putInt(0x1be + 16 * index + 12, size / SECTOR);
        return this;
    }

    public TfsImage put(int offset, byte[] bytes) {
        image.put(offset, bytes);
        return this;
    }

    /** Writes the log of a file system: the first piece links to the second, which has all the records. */
    public TfsImage fileSystem(int start, Map<String, ?> root) {
        return fileSystem(start, records(new Encoder(version).value(root)));
    }

    TfsImage fileSystem(int start, byte[] records) {
        Bytes first = new Bytes()
                .text("NVMTFS")
                .number(version)
                .number(1)
                .bytes(new byte[16])
                .text("label\0");
        first.number(5).number(1).number(PIECE);
        Bytes second = new Bytes().text("NVMTFS").number(version).number(PIECE).bytes(records);
        return put(start, first.toByteArray()).put(start + SECTOR, second.toByteArray());
    }

    /** The records that bring one value in one part. */
    static byte[] records(byte[] value) {
        return new Bytes()
                .number(2)
                .number(value.length)
                .number(value.length)
                .bytes(value)
                .number(1)
                .toByteArray();
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, image.array());
    }

    /** Writes only the first {@code size} bytes. */
    Path write(Path file, int size) throws IOException {
        return Files.write(file, Arrays.copyOf(image.array(), size));
    }

    /** A file's tuple, in sectors from the beginning of its file system. */
    public static Map<String, ?> file(int length, Map<String, Map<String, String>> extents) {
        return Map.of("filelength", Integer.toString(length), "extents", extents);
    }

    public static Map<String, String> extent(int offset, int length) {
        return Map.of(
                "offset", Integer.toString(offset),
                "length", Integer.toString(length),
                "allocated", Integer.toString(length));
    }

    static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes bytes(byte... bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Bytes text(String text) {
            return bytes(text.getBytes(US_ASCII));
        }

        /** As {@code push_varint} of Nanos. */
        Bytes number(long number) {
            for (int shift = 63; shift > 0; shift -= 7) {
                if (number >> shift != 0) {
                    out.write((int) (number >> shift) & 0x7f | 0x80);
                }
            }
            out.write((int) number & 0x7f);
            return this;
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }
    }

    /** Encodes values: maps as tuples, lists as vectors, integers as such and texts as texts (as buffers in version 4). */
    static final class Encoder {
        private final int version;
        private final List<Object> dictionary = new ArrayList<>();

        Encoder(int version) {
            this.version = version;
        }

        byte[] value(Object value) {
            Bytes bytes = new Bytes();
            if (value instanceof Map<?, ?> tuple) {
                bytes.bytes(header(true, 1, tuple.size()));
                dictionary.add(tuple);
                entries(tuple, bytes);
            } else if (value instanceof List<?> vector) {
                bytes.bytes(header(true, 2, vector.size()));
                dictionary.add(vector);
                vector.forEach(each -> bytes.bytes(value(each)));
            } else if (value instanceof Integer number) {
                bytes.bytes(header(true, 3, number < 0 ? 1 : 0)).number(Math.abs(number));
            } else {
                String text = (String) value;
                bytes.bytes(header(true, version == 4 || text.isEmpty() ? 0 : 4, text.length()))
                        .text(text);
            }
            return bytes.toByteArray();
        }

        /** Changes the tuple that was mentioned {@code number}th. */
        byte[] change(int number, Map<?, ?> entries) {
            Bytes bytes = new Bytes().bytes(header(false, 1, entries.size())).number(number);
            entries(entries, bytes);
            return bytes.toByteArray();
        }

        private void entries(Map<?, ?> tuple, Bytes bytes) {
            tuple.forEach((name, value) -> {
                int known = dictionary.indexOf(name);
                if (known >= 0) {
                    bytes.bytes(header(false, 0, known + 1));
                } else {
                    bytes.bytes(header(true, 0, name.toString().length())).text(name.toString());
                    dictionary.add(name);
                }
                bytes.bytes(value(value));
            });
        }

        private byte[] header(boolean immediate, int type, int length) {
            int bits = version == 4 ? 5 : 3;
            int first = (immediate ? 0x80 : 0) | type << (bits + 1);
            if (length < 1 << bits) {
                return new byte[] {(byte) (first | length)};
            }
            return new Bytes().bytes((byte) (first | 1 << bits)).number(length).toByteArray();
        }
    }
}
