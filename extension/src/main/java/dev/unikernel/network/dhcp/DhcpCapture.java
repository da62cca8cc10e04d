package dev.unikernel.network.dhcp;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One guest's DHCP messages as a file that Wireshark and tcpdump open: the classic pcap format of
 * draft-ietf-opsawg-pcap, of Ethernet frames. Each frame is in the file when {@link #add} returns. What cannot be written is
 * warned of once, and disturbs nobody. Safe for use by several threads.
 */
public final class DhcpCapture implements AutoCloseable {

    /** The file's name, beside the serial log. */
    public static final String FILE_NAME = "dhcp.pcap";

    /** A guest that asks for ever does not fill the disk. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    /** Before it is known where the file shall be. */
    private static final int MOST_WAITING = 64;

    private static final int MAGIC = 0xa1b2c3d4;
    private static final int FILE_HEADER_LENGTH = 24;
    private static final int RECORD_HEADER_LENGTH = 16;
    private static final int LONGEST_FRAME = 65_535;
    private static final int ETHERNET = 1;

    private final List<ByteBuffer> waiting = new ArrayList<>();

    private @Nullable FileChannel file;
    private int room = MOST_BYTES;
    private boolean over;

    /** Takes nothing and writes nothing. */
    public static DhcpCapture none() {
        DhcpCapture none = new DhcpCapture();
        none.close();
        return none;
    }

    /** Takes a copy of what remains in {@code frame}, which passes now. */
    public synchronized void add(ByteBuffer frame) {
        if (over || (file == null && waiting.size() == MOST_WAITING)) {
            return;
        }
        ByteBuffer entry = entry(frame.duplicate(), Instant.now());
        FileChannel open = file;
        if (open == null) {
            waiting.add(entry);
        } else {
            write(entry, open);
        }
    }

    private static ByteBuffer entry(ByteBuffer frame, Instant at) {
        int length = Math.min(LONGEST_FRAME, frame.remaining());
        return ByteBuffer.allocate(RECORD_HEADER_LENGTH + length)
                .putInt((int) at.getEpochSecond())
                .putInt(at.get(ChronoField.MICRO_OF_SECOND))
                .putInt(length)
                .putInt(frame.remaining())
                .put(frame.limit(frame.position() + length))
                .flip();
    }

    /** Begins the file beside {@code serialLog}, with what was taken before. To be called once. */
    public synchronized void writeBeside(Path serialLog) {
        if (over) {
            return;
        }
        Path path = serialLog.resolveSibling(FILE_NAME);
        try {
            FileChannel open = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            file = open;
            write(
                    ByteBuffer.allocate(FILE_HEADER_LENGTH)
                            .putInt(MAGIC)
                            .putShort((short) 2)
                            .putShort((short) 4)
                            .putLong(0)
                            .putInt(LONGEST_FRAME)
                            .putInt(ETHERNET)
                            .flip(),
                    open);
            waiting.forEach(entry -> write(entry, open));
            waiting.clear();
        } catch (IOException refused) {
            log("DHCP messages are not kept, because " + path + " cannot be written", refused);
            close();
        }
    }

    private void write(ByteBuffer bytes, FileChannel open) {
        if (over) {
            return;
        }
        try {
            if (bytes.remaining() > room) {
                log("no more DHCP messages are kept: the file has " + (MOST_BYTES - room) + " bytes", null);
                close();
                return;
            }
            room -= bytes.remaining();
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException failed) {
            log("no more DHCP messages are kept: the file cannot be written", failed);
            close();
        }
    }

    /** Ends the file. Idempotent. */
    @Override
    public synchronized void close() {
        over = true;
        waiting.clear();
        FileChannel open = file;
        if (open != null && open.isOpen()) {
            try {
                open.close();
            } catch (IOException failed) {
                log("the file of DHCP messages was not closed", failed);
            }
        }
    }

    private static void log(String problem, @Nullable IOException cause) {
        System.getLogger(DhcpCapture.class.getName()).log(WARNING, problem, cause);
    }
}
