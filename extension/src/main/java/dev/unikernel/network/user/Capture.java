package dev.unikernel.network.user;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Tool;
import dev.unikernel.network.dhcp.DhcpCapture;
import dev.unikernel.network.dhcp.DhcpExchange;
import dev.unikernel.network.dhcp.DhcpFormatException;
import dev.unikernel.network.dhcp.DhcpMessage;
import dev.unikernel.network.dhcp.Rehearsal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A named pipe into which QEMU writes all that passes the guest's card, and the thread that reads it to its end. What is
 * not DHCP is dropped at once, but never left in the pipe: a full one would stop QEMU.
 */
final class Capture implements AutoCloseable {

    private static final int PIPE_CAPACITY = 65_536;
    private static final long JOIN_MILLIS = 1_000;

    private final Path pipe;
    private final MacAddress guest;
    private final FileChannel channel;
    private final DhcpCapture kept;
    private final DhcpExchange exchange = new DhcpExchange();
    private final Thread thread = new Thread(this::run, "unikernel-capture");

    private Capture(Path pipe, MacAddress guest, FileChannel channel, DhcpCapture kept) {
        this.kept = kept;
        this.pipe = pipe;
        this.guest = guest;
        this.channel = channel;
        thread.setDaemon(true);
    }

    /**
     * Makes the pipe and begins to read it.
     *
     * @param kept what takes the frames of DHCP besides
     * @throws NetworkException if it cannot be made; nothing is left behind
     */
    static Capture start(Tool mkfifo, Path pipe, MacAddress guest, DhcpCapture kept) {
        Tool.Result made = mkfifo.await(mkfifo.start(List.of("-m", "600", pipe.toString())));
        if (made.exitCode() != 0) {
            throw new NetworkException("the pipe for QEMU's capture cannot be made: " + mkfifo.program() + " said '"
                    + made.output() + "'. Is " + pipe.getParent() + " a folder of ours on a file system with pipes?");
        }
        try {
            // For reading alone, this would wait until QEMU opens the other end, which may never happen; and it would
            // see
            // an end whenever nobody writes. Linux lets a pipe be opened for both (fifo(7)).
            FileChannel channel = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Capture capture = new Capture(pipe, guest, channel, kept);
            capture.thread.start();
            return capture;
        } catch (IOException failed) {
            NetworkException failure =
                    new NetworkException("the pipe " + pipe + " cannot be opened: " + failed, failed);
            try {
                Files.deleteIfExists(pipe);
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    Path pipe() {
        return pipe;
    }

    DhcpExchange exchange() {
        return exchange;
    }

    /** Puts what is kept into a file beside the guest's {@code serialLog}. */
    void keepBeside(Path serialLog) {
        kept.writeBeside(serialLog);
    }

    private void run() {
        Rehearsal.run();
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIPE_CAPACITY);
        PcapStream stream = new PcapStream(this::see);
        boolean understood = true;
        try {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                understood = understood && take(stream, buffer);
            }
        } catch (ClosedChannelException closed) {
            // The guest is being taken down.
        } catch (IOException failed) {
            log().log(WARNING, "capture of " + guest + " cannot be read any more: its lease may not be seen", failed);
        }
    }

    private boolean take(PcapStream stream, ByteBuffer bytes) {
        try {
            stream.take(bytes);
            return true;
        } catch (IllegalArgumentException unreadable) {
            log().log(WARNING, "capture of " + guest + " is not understood: its lease may not be seen", unreadable);
            return false;
        }
    }

    private void see(ByteBuffer frame) {
        long nanoTime = System.nanoTime();
        DhcpFrame.payload(frame).ifPresent(payload -> {
            kept.add(frame);
            try {
                DhcpMessage message = DhcpMessage.parse(payload);
                if (message.chaddr().value() == guest.value()) {
                    exchange.saw(message, nanoTime);
                }
            } catch (DhcpFormatException malformed) {
                log().log(WARNING, "on the link of {0}: {1}", guest, malformed.getMessage());
            }
        });
    }

    private static System.Logger log() {
        return System.getLogger(Capture.class.getName());
    }

    /** Ends the thread and removes the pipe; a QEMU that still writes goes on without a capture. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(pipe);
        } catch (IOException failed) {
            log().log(WARNING, "pipe " + pipe + " was not closed and removed", failed);
        }
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        kept.close();
    }
}
