package dev.unikernel.image.nanos;

import dev.unikernel.image.ImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The log of which a file system of Nanos (TFS) consists, beside the contents of its files (Nanos' src/fs/tlog.c): pieces
 * that are linked, each with a header and records, which bring tuples.
 */
final class TfsLog {

    /** {@code "NVMTFS"}, with which each piece of a log begins. */
    static final byte[] MAGIC = "NVMTFS".getBytes(StandardCharsets.US_ASCII);

    private static final int OLD_VERSION = 4;
    private static final int VERSION = 5;

    private static final int END_OF_LOG = 1;
    private static final int TUPLE_AVAILABLE = 2;
    private static final int TUPLE_EXTENDED = 3;
    private static final int END_OF_SEGMENT = 4;
    private static final int LINK = 5;

    private static final int UUID = 16;

    /** That of a file system with a hundred thousand files is smaller. */
    private static final long LARGEST = 64 << 20;

    private final Path file;
    private final RandomAccessFile disk;
    private final long start;
    private final TupleReader tuples = new TupleReader();
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private long awaited;
    private long seen;

    /** Where a piece lies, in bytes of the disk. */
    private record Piece(long offset, long length) {}

    private TfsLog(Path file, RandomAccessFile disk, long start) {
        this.file = file;
        this.disk = disk;
        this.start = start;
    }

    /**
     * The root tuple of the file system that begins at the byte {@code start}.
     *
     * @throws ImageException if the log is broken or of an unknown version
     */
    static Map<?, ?> root(Path file, RandomAccessFile disk, long start) throws IOException {
        return new TfsLog(file, disk, start).read();
    }

    private Map<?, ?> read() throws IOException {
        Piece piece = new Piece(start, PartitionTable.SECTOR);
        try {
            while (piece.length() > 0) {
                seen += piece.length();
                if (seen > LARGEST || piece.offset() + piece.length() > disk.length()) {
                    throw broken("it goes on at byte " + piece.offset() + " with " + piece.length() + " bytes");
                }
                piece = next(NanosImage.read(disk, piece.offset(), (int) piece.length()), piece.offset() == start);
            }
            return tuples.root();
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | ArithmeticException
                | ClassCastException e) {
            throw broken("a record at byte " + piece.offset() + " or behind it cannot be understood (" + e + ")");
        }
    }

    /** Reads a piece and says where the next is; one without bytes is the end. */
    private Piece next(ByteBuffer piece, boolean isFirst) {
        boolean oldEncoding = header(piece, isFirst);
        while (true) {
            int record = piece.get();
            switch (record) {
                case END_OF_LOG -> {
                    return new Piece(0, 0);
                }
                case END_OF_SEGMENT -> {}
                case LINK -> {
                    long sector = TupleReader.number(piece);
                    long sectors = TupleReader.number(piece);
                    return new Piece(
                            Math.addExact(start, Math.multiplyExact(sector, PartitionTable.SECTOR)),
                            Math.multiplyExact(sectors, PartitionTable.SECTOR));
                }
                case TUPLE_AVAILABLE -> {
                    awaited = TupleReader.number(piece);
                    unfinished.reset();
                    take(piece, oldEncoding);
                }
                case TUPLE_EXTENDED -> take(piece, oldEncoding);
                default -> throw new IllegalArgumentException("record of the kind " + record);
            }
        }
    }

    /** Whether the piece is of the old version. */
    private boolean header(ByteBuffer piece, boolean isFirst) {
        byte[] magic = new byte[MAGIC.length];
        piece.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IllegalArgumentException("no 'NVMTFS'");
        }
        long version = TupleReader.number(piece);
        if (version != VERSION && version != OLD_VERSION) {
            throw broken("its version is " + version);
        }
        TupleReader.number(piece); // its length
        if (isFirst) {
            piece.position(piece.position() + UUID);
            while (piece.get() != 0) {
                // the label
            }
        }
        return version == OLD_VERSION;
    }

    /** A tuple comes in one part or more. */
    private void take(ByteBuffer piece, boolean oldEncoding) {
        int length = Math.toIntExact(TupleReader.number(piece));
        ByteBuffer part = piece.slice(piece.position(), length);
        piece.position(piece.position() + length);
        unfinished.write(part.array(), part.arrayOffset(), length);
        if (unfinished.size() > awaited) {
            throw new IllegalArgumentException("more than the " + awaited + " bytes of a tuple");
        }
        if (unfinished.size() == awaited) {
            tuples.add(ByteBuffer.wrap(unfinished.toByteArray()), oldEncoding);
        }
    }

    private ImageException broken(String how) {
        return new ImageException(
                "The image " + file + " has a file system of Nanos (TFS, at byte " + start + ") that cannot be read: "
                        + how + ". Expected is a whole one of version 4 or 5. Build the image again.");
    }
}
