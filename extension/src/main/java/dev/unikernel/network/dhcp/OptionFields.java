package dev.unikernel.network.dhcp;

import java.util.List;
import java.util.Optional;

/**
 * Lays options out over the fields of a message that hold them: the options field alone if it has room, else with the
 * fields {@code file} and {@code sname} besides (option 52). Options keep their order; what one length byte cannot tell, or no
 * field holds whole, is split (RFC 3396). {@link OptionReader} is the counterpart.
 */
final class OptionFields {

    static final int SNAME_LENGTH = 64;
    static final int FILE_LENGTH = 128;

    private static final int LONGEST_PIECE = 255;

    /** Code, length and one byte. */
    private static final int SHORTEST_PIECE = 3;

    private final Field options;
    private final Field file = new Field(FILE_LENGTH);
    private final Field sname = new Field(SNAME_LENGTH);

    private OptionFields(int room) {
        this.options = new Field(room);
    }

    /**
     * Places {@code options}.
     *
     * @param room how many bytes the options field may have
     * @return empty if they do not fit
     */
    static Optional<OptionFields> lay(List<DhcpOption> options, int room) {
        Optional<OptionFields> fields = alone(options, room);
        if (fields.isEmpty()) {
            fields = overloaded(options, room, false);
        }
        return fields.isPresent() ? fields : overloaded(options, room, true);
    }

    private static Optional<OptionFields> alone(List<DhcpOption> options, int room) {
        OptionFields fields = new OptionFields(room);
        for (DhcpOption option : options) {
            byte[] value = option.value();
            if (wireSize(value.length) > fields.options.free()) {
                return Optional.empty();
            }
            fields.options.writer.option(option.code(), value);
        }
        return Optional.of(fields);
    }

    private static Optional<OptionFields> overloaded(List<DhcpOption> options, int room, boolean split) {
        for (int overload : new int[] {1, 3}) {
            OptionFields fields = new OptionFields(room);
            DhcpOption hint = new DhcpOption.Raw(DhcpOption.OVERLOAD, new byte[] {(byte) overload});
            List<Field> order = overload == 1
                    ? List.of(fields.options, fields.file)
                    : List.of(fields.options, fields.file, fields.sname);
            if (place(hint, options, order, split)) {
                return Optional.of(fields);
            }
        }
        return Optional.empty();
    }

    private static boolean place(DhcpOption hint, List<DhcpOption> options, List<Field> fields, boolean split) {
        int current = place(hint, fields, 0, false);
        for (DhcpOption option : options) {
            current = place(option, fields, current, split);
        }
        return current < fields.size();
    }

    /** Writes one option from field {@code current} on, and tells where the next begins: behind the last if it did not fit. */
    private static int place(DhcpOption option, List<Field> fields, int current, boolean split) {
        byte[] value = option.value();
        int from = 0;
        int place = current;
        while (place < fields.size()) {
            Field field = fields.get(place);
            if (wireSize(value.length - from) <= field.free()) {
                field.writer.option(option.code(), value, from, value.length);
                return place;
            }
            if (split && field.free() >= SHORTEST_PIECE) {
                int piece = Math.min(LONGEST_PIECE, field.free() - 2);
                field.writer.option(option.code(), value, from, from + piece);
                from += piece;
            } else {
                place++;
            }
        }
        return place;
    }

    private static int wireSize(int length) {
        int pieces = Math.max(1, (length + LONGEST_PIECE - 1) / LONGEST_PIECE);
        return length + 2 * pieces;
    }

    /** The options field with its end, not padded. */
    byte[] options() {
        return options.writer.u8("end", DhcpOption.END).toBytes();
    }

    byte[] file() {
        return file.padded();
    }

    byte[] sname() {
        return sname.padded();
    }

    /** One field that is being filled. */
    private static final class Field {

        private final WireWriter writer = new WireWriter();
        private final int room;

        private Field(int room) {
            this.room = room;
        }

        /** What is left beside the end option. */
        private int free() {
            return room - 1 - writer.size();
        }

        private byte[] padded() {
            if (writer.size() > 0) {
                writer.u8("end", DhcpOption.END);
            }
            return writer.zeros(room - writer.size()).toBytes();
        }
    }
}
