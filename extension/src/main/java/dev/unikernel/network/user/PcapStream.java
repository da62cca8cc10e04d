package dev.unikernel.network.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Takes a capture in the pcap format apart as it arrives, in pieces of any size, and passes on the beginning of each
 * Ethernet frame. Holds at most one frame's beginning.
 *
 * <p>The format is that of draft-ietf-opsawg-pcap: a header, then records of a header and a frame each.
 */
final class PcapStream {

    /** More than a DHCP message needs in a frame of any usual size; what is behind it is skipped. */
    static final int KEPT_LENGTH = 2_048;

    private static final int FILE_HEADER_LENGTH = 24;
    private static final int RECORD_HEADER_LENGTH = 16;
    private static final int MICROSECONDS = 0xa1b2c3d4;
    private static final int NANOSECONDS = 0xa1b23c4d;
    private static final int ETHERNET = 1;

    /** A greater length than any card's frames tells that we are out of step. */
    private static final int LONGEST_FRAME = 1 << 20;

    /** What {@link #part} is being filled with. */
    private enum Part {
        FILE_HEADER,
        RECORD_HEADER,
        FRAME
    }

    private final Consumer<ByteBuffer> frames;
    private final ByteBuffer part = ByteBuffer.allocate(KEPT_LENGTH);

    private Part kind = Part.FILE_HEADER;
    private int toSkip;

    /** @param frames takes each frame; the buffer is valid during the call only */
    PcapStream(Consumer<ByteBuffer> frames) {
        this.frames = frames;
        part.limit(FILE_HEADER_LENGTH);
    }

    /**
     * Takes all that remains in {@code bytes}.
     *
     * @throws IllegalArgumentException if this is no capture of an Ethernet card; nothing useful can follow then
     */
    void take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int skipped = Math.min(toSkip, bytes.remaining());
            bytes.position(bytes.position() + skipped);
            toSkip -= skipped;
            fill(bytes);
            if (!part.hasRemaining()) {
                finish(part.flip());
            }
        }
    }

    private void fill(ByteBuffer bytes) {
        int taken = Math.min(part.remaining(), bytes.remaining());
        part.put(bytes.slice(bytes.position(), taken));
        bytes.position(bytes.position() + taken);
    }

    private void finish(ByteBuffer complete) {
        switch (kind) {
            case FILE_HEADER -> {
                readFileHeader(complete);
                expect(Part.RECORD_HEADER, RECORD_HEADER_LENGTH);
            }
            case RECORD_HEADER -> {
                int length = complete.getInt(8);
                if (length < 0 || length > LONGEST_FRAME) {
                    throw new IllegalArgumentException("a captured frame has at most " + LONGEST_FRAME
                            + " bytes, but was: " + Integer.toUnsignedString(length));
                }
                int kept = Math.min(length, KEPT_LENGTH);
                toSkip = length - kept;
                expect(kept == 0 ? Part.RECORD_HEADER : Part.FRAME, kept == 0 ? RECORD_HEADER_LENGTH : kept);
            }
            case FRAME -> {
                frames.accept(complete);
                expect(Part.RECORD_HEADER, RECORD_HEADER_LENGTH);
            }
        }
    }

    private void expect(Part next, int length) {
        kind = next;
        part.clear().limit(length);
    }

    private void readFileHeader(ByteBuffer header) {
        int magic = header.getInt(0);
        if (magic == Integer.reverseBytes(MICROSECONDS) || magic == Integer.reverseBytes(NANOSECONDS)) {
            part.order(ByteOrder.LITTLE_ENDIAN);
        } else if (magic != MICROSECONDS && magic != NANOSECONDS) {
            throw new IllegalArgumentException(
                    "a capture begins with a1b2c3d4 in either byte order, but was: " + Integer.toHexString(magic));
        }
        int linkType = header.getInt(20) & 0xffff;
        if (linkType != ETHERNET) {
            throw new IllegalArgumentException("the captured link must be Ethernet (1), but was: " + linkType);
        }
    }
}
