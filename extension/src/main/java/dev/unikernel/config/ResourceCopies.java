package dev.unikernel.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Copies of resources in jars as files, named by their content, so that any number of processes may share them. */
final class ResourceCopies {

    private static final int BUFFER = 1 << 16;

    private final Path folder;

    ResourceCopies(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /**
     * The copy of a resource, made if it is not there yet.
     *
     * @param name the resource's name, whose last part the copy's name ends with
     */
    Path of(URL resource, String name) throws IOException {
        Content content = read(resource);
        Path copy = folder.resolve(content.sha256().substring(0, 16) + "-" + name.substring(name.lastIndexOf('/') + 1));
        if (Files.isRegularFile(copy) && Files.size(copy) == content.size()) {
            return copy;
        }
        Files.createDirectories(folder);
        // Nobody sees a half copy: it is made under another name, and the move replaces at once.
        Path unfinished = Files.createTempFile(folder, "copying-", ".tmp");
        try (InputStream stream = open(resource)) {
            Files.copy(stream, unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return copy;
    }

    private static Content read(URL resource) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (InputStream stream = open(resource)) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                digest.update(buffer, 0, count);
                size += count;
            }
        }
        return new Content(HexFormat.of().formatHex(digest.digest()), size);
    }

    private static InputStream open(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        // A cached jar stays open, and is not seen again when a build writes it anew.
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What a resource holds, without the bytes. */
    private record Content(String sha256, long size) {}
}
