package dev.unikernel.hypervisor;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file to which a VMM appends records; each call returns those that are new. Not safe for use by several threads. */
public final class EventFile {

    private static final int LARGEST_READ = 1 << 20;

    private final Path file;
    private final String separator;
    private long position;
    private String unfinished = "";

    /**
     * @param separator what stands behind each record
     */
    public EventFile(Path file, String separator) {
        this.file = file;
        this.separator = separator;
    }

    /** The finished records that were appended since the last call. A missing file has none. */
    public List<String> next() {
        try {
            // Asked many times a second: a look at the size is all that it costs while nothing happens.
            if (Files.size(file) <= position) {
                return List.of();
            }
            return cut(unfinished + append());
        } catch (NoSuchFileException | FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new HypervisorException(
                    "the VMM's events cannot be read from " + file + ": " + e.getMessage(),
                    "is its folder still there",
                    e);
        }
    }

    private String append() throws IOException {
        // Not through a channel, which an interrupt closes.
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(open.length() - position, LARGEST_READ)];
            open.seek(position);
            open.readFully(bytes);
            position += bytes.length;
            // The words that matter are ASCII in both dialects.
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private List<String> cut(String text) {
        List<String> records = new ArrayList<>();
        int from = 0;
        for (int at; (at = text.indexOf(separator, from)) >= 0; from = at + separator.length()) {
            records.add(text.substring(from, at));
        }
        unfinished = text.substring(from);
        return records;
    }
}
