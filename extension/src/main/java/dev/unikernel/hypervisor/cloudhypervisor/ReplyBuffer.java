package dev.unikernel.hypervisor.cloudhypervisor;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bytes of one HTTP/1.1 answer as they arrive, in the part of HTTP that micro_http speaks: no chunks. */
final class ReplyBuffer {

    /** {@code vm.info} of a large machine has some ten kilobytes. */
    static final int LARGEST = 4 << 20;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");
    private static final Pattern LENGTH = Pattern.compile("(?im)^Content-Length:[ \\t]*(\\d{1,9})[ \\t]*$");
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final int NO_CONTENT = 204;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int bodyStart;
    private int status;
    private OptionalInt length = OptionalInt.empty();

    /** @throws ProtocolException if this is not HTTP, or too much of it */
    void add(byte[] more, int count) throws ProtocolException {
        if (bytes.size() + count > LARGEST) {
            throw new ProtocolException("the answer has more than " + LARGEST + " bytes");
        }
        bytes.write(more, 0, count);
        if (bodyStart == 0) {
            readHead();
        }
    }

    private void readHead() throws ProtocolException {
        // One char is one byte.
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf(END_OF_HEAD);
        if (end < 0) {
            return;
        }
        String head = text.substring(0, end).replace("\r\n", "\n");
        int lineEnd = head.indexOf('\n');
        String statusLine = lineEnd < 0 ? head : head.substring(0, lineEnd);
        Matcher first = STATUS.matcher(statusLine);
        if (!first.matches()) {
            throw new ProtocolException(
                    "the answer begins with '" + statusLine + "', expected was 'HTTP/1.1 <status>'");
        }
        status = Integer.parseInt(first.group(1));
        bodyStart = end + END_OF_HEAD.length();
        Matcher stated = LENGTH.matcher(head);
        if (status == NO_CONTENT) {
            length = OptionalInt.of(0);
        } else if (stated.find()) {
            length = OptionalInt.of(Integer.parseInt(stated.group(1)));
        }
    }

    /** The answer if all of it is here. */
    Optional<ApiReply> whole() {
        return bodyStart > 0 && length.isPresent() && bytes.size() - bodyStart >= length.getAsInt()
                ? Optional.of(reply(length.getAsInt()))
                : Optional.empty();
    }

    /**
     * The answer up to here if its head does not state how long it is, as that of an empty one below v39.0 (micro-http
     * 7e2684d). Its end is when nothing more comes.
     */
    Optional<ApiReply> ofUnstatedLength() {
        return bodyStart > 0 && length.isEmpty() ? Optional.of(reply(bytes.size() - bodyStart)) : Optional.empty();
    }

    boolean isEmpty() {
        return bytes.size() == 0;
    }

    private ApiReply reply(int bodyLength) {
        return new ApiReply(status, new String(bytes.toByteArray(), bodyStart, bodyLength, StandardCharsets.UTF_8));
    }
}
