package dev.unikernel.image.nanos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How Nanos ended: the {@code klog_dump} of its src/kernel/log.h, {@code "KLOG" | u64 boot_id | s32 exit_code | text}.
 *
 * @param exitCode the program's own, or the number of the signal that ended it, or 127 if Nanos ended itself
 * @param output the end of what the kernel and the program wrote, up to 4079 bytes
 */
public record ExitRecord(int exitCode, String output) {

    static final int SIZE = 4096;

    private static final int MAGIC = 0x474f4c4b; // "KLOG", read little-endian
    private static final int EXIT_CODE = 12;
    private static final int TEXT = 16;

    /** The last lines of {@link #output}, without empty ones; a question mark for each control character. */
    public List<String> lastLines(int count) {
        List<String> lines = output.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.replaceAll("\\p{Cntrl}", "?"))
                .toList();
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    /** @param record little-endian, {@value #SIZE} bytes */
    static Optional<ExitRecord> parse(ByteBuffer record) {
        if (record.getInt(0) != MAGIC) {
            return Optional.empty();
        }
        int end = TEXT;
        while (end < SIZE && record.get(end) != 0) {
            end++;
        }
        String text =
                StandardCharsets.UTF_8.decode(record.slice(TEXT, end - TEXT)).toString();
        return Optional.of(new ExitRecord(record.getInt(EXIT_CODE), text));
    }
}
