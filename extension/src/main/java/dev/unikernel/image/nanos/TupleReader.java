package dev.unikernel.image.nanos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the values of a TFS log (Nanos' src/runtime/tuple.c). Tuples are maps that later values change, vectors are lists,
 * all else is text. What is broken throws an unchecked exception of Java's, which {@link TfsLog} translates.
 */
final class TupleReader {

    private static final int TUPLE = 1;
    private static final int VECTOR = 2;
    private static final int INTEGER = 3;
    private static final int DEEPEST = 64;

    /** Tuples, vectors and names in the order of their first mention; they are referred to by their number from 1 on. */
    private final List<Object> dictionary = new ArrayList<>();

    /**
     * What stands in front of each value.
     *
     * @param immediate whether the value follows, or a reference to one
     */
    private record Header(boolean immediate, int type, long length) {}

    /** Takes in one value. */
    void add(ByteBuffer source, boolean oldEncoding) {
        value(source, oldEncoding, 0);
    }

    /** The first tuple is the root. */
    Map<?, ?> root() {
        return dictionary.isEmpty() ? Map.of() : (Map<?, ?>) dictionary.get(0);
    }

    private Object value(ByteBuffer source, boolean oldEncoding, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("tuples within tuples, deeper than " + DEEPEST);
        }
        Header header = header(source, oldEncoding);
        switch (header.type()) {
            case TUPLE -> {
                return tuple(header, source, oldEncoding, depth);
            }
            case VECTOR -> {
                return vector(header, source, oldEncoding, depth);
            }
            case INTEGER -> {
                return (header.length() > 0 ? "-" : "") + Long.toUnsignedString(number(source));
            }
            default -> {
                return header.immediate() || header.length() == 0
                        ? text(source, header.length())
                        : (String) mentioned(header.length());
            }
        }
    }

    private Object tuple(Header header, ByteBuffer source, boolean oldEncoding, int depth) {
        Map<String, Object> tuple = new HashMap<>();
        if (header.immediate()) {
            dictionary.add(tuple);
        } else {
            @SuppressWarnings("unchecked") // only tuples are maps here
            Map<String, Object> earlier = (Map<String, Object>) mentioned(number(source));
            tuple = earlier;
        }
        for (long entry = 0; entry < header.length(); entry++) {
            String name = name(source, oldEncoding);
            Object value = value(source, oldEncoding, depth + 1);
            if (value.equals("")) {
                tuple.remove(name);
            } else {
                tuple.put(name, value);
            }
        }
        return tuple;
    }

    private String name(ByteBuffer source, boolean oldEncoding) {
        Header header = header(source, oldEncoding);
        if (!header.immediate()) {
            return (String) mentioned(header.length());
        }
        String name = text(source, header.length());
        dictionary.add(name);
        return name;
    }

    private Object vector(Header header, ByteBuffer source, boolean oldEncoding, int depth) {
        List<Object> vector = new ArrayList<>();
        if (header.immediate()) {
            dictionary.add(vector);
        } else {
            mentioned(number(source)); // which is changed; nobody here reads vectors
        }
        for (long entry = 0; entry < header.length(); entry++) {
            vector.add(value(source, oldEncoding, depth + 1));
        }
        return vector;
    }

    private Object mentioned(long number) {
        return dictionary.get(Math.toIntExact(number - 1));
    }

    private static String text(ByteBuffer source, long length) {
        ByteBuffer text = source.slice(source.position(), Math.toIntExact(length));
        source.position(source.position() + text.limit());
        return StandardCharsets.UTF_8.decode(text).toString();
    }

    /** One bit "immediate"; three for the type (one in version 4); one "goes on"; the first bits of the length. */
    private static Header header(ByteBuffer source, boolean oldEncoding) {
        int first = Byte.toUnsignedInt(source.get());
        int lengthBits = oldEncoding ? 5 : 3;
        long length = first & ((1 << lengthBits) - 1);
        if ((first & (1 << lengthBits)) != 0) {
            length = number(source, length);
        }
        return new Header(first >> 7 == 1, (first >> (lengthBits + 1)) & (oldEncoding ? 1 : 7), length);
    }

    /** A number in groups of seven bits, the highest first; all but the last have the eighth bit set. */
    static long number(ByteBuffer source) {
        return number(source, 0);
    }

    private static long number(ByteBuffer source, long begun) {
        long number = begun;
        int next;
        do {
            next = Byte.toUnsignedInt(source.get());
            number = number << 7 | (next & 0x7f);
        } while (next > 0x7f);
        return number;
    }
}
