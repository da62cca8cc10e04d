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
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A file of lines that somebody else appends to: a guest's serial line, a VMM's log.
 *
 * <p>Nothing of it is kept in memory but where each search has got to. A line is searched and shown up to {@value
 * #LONGEST_LINE} bytes; what is longer counts as several lines.
 */
public final class LogFile implements SerialLog {

    static final int LONGEST_LINE = 8192;
    private static final int BLOCK = 64 * 1024;

    private final Path file;
    private final Map<Pattern, Search> searches = new WeakHashMap<>();

    public LogFile(Path file) {
        this.file = file;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> lastLines(int count) {
        try {
            long size = Files.size(file);
            long from = Math.max(0, size - BLOCK);
            List<String> lines = new ArrayList<>();
            byte[] bytes = read(from, BLOCK);
            int start = from == 0 ? 0 : indexOf('\n', bytes, 0) + 1;
            while (start < bytes.length) {
                int end = lineEnd(bytes, start);
                lines.add(visible(text(bytes, start, end)));
                start = afterLine(bytes, end);
            }
            return List.copyOf(lines.subList(Math.max(0, lines.size() - count), lines.size()));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public Optional<String> firstMatch(Pattern pattern) {
        Search search;
        synchronized (searches) {
            search = searches.computeIfAbsent(pattern, p -> new Search());
        }
        try {
            return search.goOn(pattern);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public Optional<MatchResult> lastMatch(Pattern pattern) {
        try {
            Optional<MatchResult> last = Optional.empty();
            long size = Files.size(file);
            for (long position = 0; position < size; ) {
                byte[] bytes = read(position, BLOCK);
                boolean isEnd = position + bytes.length >= size;
                int start = 0;
                while (start < bytes.length) {
                    int end = lineEnd(bytes, start);
                    if (end == bytes.length && end - start < LONGEST_LINE && !isEnd) {
                        break;
                    }
                    Optional<MatchResult> found = lastMatch(pattern, text(bytes, start, end));
                    last = found.isPresent() ? found : last;
                    start = afterLine(bytes, end);
                }
                position = start == 0 ? size : position + start;
            }
            return last;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Optional<MatchResult> lastMatch(Pattern pattern, String line) {
        return pattern.matcher(line).results().reduce((earlier, later) -> later);
    }

    /** The last 64 KiB as they are. */
    public String tail() {
        try {
            return new String(read(Math.max(0, Files.size(file) - BLOCK), BLOCK), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** How far one pattern was looked for. */
    private final class Search {

        private long lineStart;
        private long seen;
        private Optional<String> found = Optional.empty();

        synchronized Optional<String> goOn(Pattern pattern) throws IOException {
            // Asked many times a second: a look at the size is all that it costs while nothing was written.
            while (found.isEmpty() && Files.size(file) > seen) {
                look(pattern, read(lineStart, BLOCK));
            }
            return found;
        }

        private void look(Pattern pattern, byte[] bytes) {
            int start = 0;
            while (start < bytes.length) {
                int end = lineEnd(bytes, start);
                String line = text(bytes, start, end);
                if (pattern.matcher(line).find()) {
                    found = Optional.of(visible(line));
                    return;
                }
                if (end == bytes.length && end - start < LONGEST_LINE) {
                    break;
                }
                start = afterLine(bytes, end);
            }
            seen = lineStart + bytes.length;
            lineStart += start;
        }
    }

    /** Not through a channel, which an interrupt closes: a thread that is being stopped still wants to know. */
    private byte[] read(long from, int limit) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, Math.min(open.length() - from, limit))];
            open.seek(from);
            open.readFully(bytes);
            return bytes;
        } catch (FileNotFoundException e) {
            throw new NoSuchFileException(file.toString());
        }
    }

    private static int lineEnd(byte[] bytes, int start) {
        int newline = indexOf('\n', bytes, start);
        return Math.min(newline < 0 ? bytes.length : newline, start + LONGEST_LINE);
    }

    private static int afterLine(byte[] bytes, int end) {
        return end < bytes.length && bytes[end] == '\n' ? end + 1 : end;
    }

    private static int indexOf(char wanted, byte[] bytes, int start) {
        for (int i = start; i < bytes.length; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static String text(byte[] bytes, int start, int end) {
        int stop = end > start && bytes[end - 1] == '\r' ? end - 1 : end;
        return new String(bytes, start, stop - start, StandardCharsets.UTF_8);
    }

    /** Control characters as {@code \x1b}: a message must not move the cursor of the terminal that shows it. */
    static String visible(String line) {
        int plain = 0;
        while (plain < line.length() && !Character.isISOControl(line.charAt(plain))) {
            plain++;
        }
        if (plain == line.length()) {
            return line;
        }
        StringBuilder text = new StringBuilder(line.length() + 16);
        line.chars().forEach(c -> {
            if (c == '\t') {
                text.append("\\t");
            } else if (c == '\r') {
                text.append("\\r");
            } else if (Character.isISOControl(c)) {
                text.append(String.format("\\x%02x", c));
            } else {
                text.append((char) c);
            }
        });
        return text.toString();
    }

    private HypervisorException unreadable(IOException e) {
        return new HypervisorException(
                "the log " + file + " cannot be read: " + e.getMessage(), "is its folder still there", e);
    }
}
