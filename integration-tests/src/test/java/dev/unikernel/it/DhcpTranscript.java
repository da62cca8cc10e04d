package dev.unikernel.it;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.dhcp.DhcpMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What stands in a {@code dhcp.pcap}. */
final class DhcpTranscript {

    private static final int PCAP_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int DESTINATION = 14 + 16;
    private static final int PAYLOAD = 14 + 20 + 8;

    private DhcpTranscript() {}

    /** Each message in a few words, an offer that is repeated once only. The last may still be being written. */
    static List<String> words(Path file) throws IOException {
        List<String> all = new ArrayList<>();
        for (ByteBuffer frame : frames(file)) {
            String words = words(message(frame), frame.getInt(DESTINATION) == -1);
            if (!words.equals("OFFER") || !all.get(all.size() - 1).equals(words)) {
                all.add(words);
            }
        }
        return all;
    }

    static List<DhcpMessage> messages(Path file) throws IOException {
        return frames(file).stream().map(DhcpTranscript::message).toList();
    }

    private static String words(DhcpMessage message, boolean broadcast) {
        if (message.op() == DhcpMessage.Op.REPLY) {
            return message.type().name();
        }
        // The address that a client has stands elsewhere than the one that it would like to have.
        boolean renewal =
                message.type() == DhcpSighting.Type.REQUEST && !message.ciaddr().isAnyLocalAddress();
        return (broadcast ? "broadcast " : "unicast ") + (renewal ? "renewal" : message.type());
    }

    private static DhcpMessage message(ByteBuffer frame) {
        return DhcpMessage.parse(frame.slice(PAYLOAD, frame.limit() - PAYLOAD));
    }

    private static List<ByteBuffer> frames(Path pcap) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(pcap)).position(PCAP_HEADER);
        List<ByteBuffer> frames = new ArrayList<>();
        while (file.remaining() >= RECORD_HEADER
                && file.remaining() >= RECORD_HEADER + file.getInt(file.position() + 8)) {
            int length = file.getInt(file.position() + 8);
            frames.add(file.slice(file.position() + RECORD_HEADER, length));
            file.position(file.position() + RECORD_HEADER + length);
        }
        return frames;
    }
}
