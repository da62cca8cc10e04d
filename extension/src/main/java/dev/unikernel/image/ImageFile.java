package dev.unikernel.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** An existing, readable file that is not empty, and the words for what is wrong with it. */
final class ImageFile implements AutoCloseable {

    /** Enough for every signature: the last is that of ISO 9660, behind 32 KiB. */
    private static final int HEAD = 40 << 10;

    private static final int CHUNK = 1 << 20;

    /** What a kernel should contain. */
    static final String KERNEL = "an ELF file with a PVH note, or a Linux bzImage";

    private final String role;
    private final Path path;
    private final String expected;
    private final Content content;
    private final long size;

    /** Where the bytes come from. */
    private interface Content extends Closeable {
        /** As {@link FileChannel#read(ByteBuffer, long)}. */
        int read(ByteBuffer into, long position) throws IOException;
    }

    private ImageFile(String role, Path path, String expected, Content content, long size) {
        this.role = role;
        this.path = path;
        this.expected = expected;
        this.content = content;
        this.size = size;
    }

    /**
     * What was read from a file that has more in it than that.
     *
     * @param role what it is to be: {@code "kernel in the image"}, in front of that file's name
     */
    static ImageFile of(String role, Path path, String expected, byte[] bytes) {
        return new ImageFile(role, path, expected, new Part(bytes), bytes.length);
    }

    private record Whole(FileChannel channel) implements Content {
        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return channel.read(into, position);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(byte[] bytes) implements Content {
        @Override
        public int read(ByteBuffer into, long position) {
            int count = (int) Math.min(into.remaining(), bytes.length - position);
            into.put(bytes, (int) position, count);
            return count;
        }

        @Override
        public void close() {}
    }

    /**
     * Opens a file for reading.
     *
     * @param role what it is to be: {@code "kernel"}
     * @param expected what it should contain, as it follows on "Expected is"
     */
    static ImageFile open(String role, Path path, String expected) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw failure(role, path, "is a folder", expected, "Name the file in it.", null);
            }
            if (!attributes.isRegularFile()) {
                throw failure(role, path, "is no regular file", expected, "Name a file.", null);
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            if (attributes.size() == 0) {
                channel.close();
                throw failure(role, path, "is empty", expected, "Build or fetch it again.", null);
            }
            return new ImageFile(role, path, expected, new Whole(channel), attributes.size());
        } catch (NoSuchFileException e) {
            String advice = "Correct the path or build it first; what exists of it is " + existing(path) + ".";
            throw failure(role, path, "does not exist", expected, advice, e);
        } catch (AccessDeniedException e) {
            String found = "may not be read by " + System.getProperty("user.name") + owners(path);
            throw failure(
                    role, path, found, expected, "Give the user the right to read it and to pass its folders.", e);
        } catch (IOException e) {
            throw failure(role, path, "cannot be read (" + reason(e) + ")", expected, "Correct the path.", e);
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** The file's beginning, little-endian. */
    ByteBuffer head() {
        return bytes(0, (int) Math.min(HEAD, size));
    }

    /** A part of the file, little-endian. It must lie in the file. */
    ByteBuffer bytes(long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (bytes.hasRemaining()) {
                if (content.read(bytes, offset + bytes.position()) < 0) {
                    throw unexpected("became shorter while it was read", "Let nothing write to it during the tests.");
                }
            }
        } catch (IOException e) {
            throw failure(role, path, "cannot be read (" + reason(e) + ")", expected, "Look at its file system.", e);
        }
        return bytes.flip();
    }

    /** Writes all of the file to a channel that is at its beginning. */
    void copyTo(FileChannel target) throws IOException {
        for (long position = 0; position < size; ) {
            ByteBuffer chunk = bytes(position, (int) Math.min(CHUNK, size - position));
            position += chunk.limit();
            while (chunk.hasRemaining()) {
                target.write(chunk);
            }
        }
    }

    /** Checks that a part lies in the file. */
    void require(String what, long offset, long length) {
        boolean inside = offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
        if (!inside) {
            throw unexpected(
                    "is truncated: it has " + size + " bytes, but " + what + " ends at byte " + end(offset, length),
                    "Build or fetch it again.");
        }
    }

    private static String end(long offset, long length) {
        long end = offset + length;
        boolean plain = offset >= 0 && length >= 0 && end >= 0;
        return plain ? Long.toString(end) : "2^63 or later";
    }

    /**
     * An error about this file.
     *
     * @param found what is wrong, as it follows on "the kernel x"
     * @param advice the next step as a sentence
     */
    ImageException unexpected(String found, String advice) {
        return failure(role, path, found, expected, advice, null);
    }

    @Override
    public void close() {
        try {
            content.close();
        } catch (IOException e) {
            throw failure(role, path, "cannot be closed (" + reason(e) + ")", expected, "Look at its file system.", e);
        }
    }

    private static ImageException failure(
            String role, Path path, String found, String expected, String advice, @Nullable Throwable cause) {
        return new ImageException(
                "The " + role + " " + path + " " + found + ". Expected is " + expected + ". " + advice, cause);
    }

    /** What failed, in words: many exceptions of file systems bring nothing but the path. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no " + e.getMessage();
        }
        if (e instanceof FileAlreadyExistsException) {
            return "that exists already";
        }
        if (e instanceof AccessDeniedException) {
            return "access to " + e.getMessage() + " is denied";
        }
        String reason = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }

    private static Path existing(Path path) {
        Path part = path.toAbsolutePath();
        while (part.getParent() != null && !Files.exists(part)) {
            part = part.getParent();
        }
        return part;
    }

    private static String owners(Path path) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
            return " (it belongs to " + attributes.owner().getName() + ":"
                    + attributes.group().getName() + ", " + PosixFilePermissions.toString(attributes.permissions())
                    + ")";
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
