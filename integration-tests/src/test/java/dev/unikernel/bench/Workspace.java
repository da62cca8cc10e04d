package dev.unikernel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for a VMM that is not ours, made anew for each boot: a socket's path must not exist when it is bound. */
record Workspace(Path folder) implements AutoCloseable {

    /** Lays out what {@code command} expects in its folder, with {@code image} as its disk. */
    static Workspace of(VmmCommand command, Path image) {
        Workspace workspace = new Workspace(command.folder());
        workspace.close();
        try {
            Files.createDirectories(workspace.folder);
            Files.copy(image, workspace.folder.resolve(command.disk()));
            Files.writeString(workspace.folder.resolve("words"), command.wordsToBegin());
        } catch (IOException e) {
            throw new BenchException("the folder " + workspace.folder + " cannot be filled: " + e, e);
        }
        return workspace;
    }

    @Override
    public void close() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new BenchException("the folder " + folder + " cannot be deleted: " + e, e);
        }
    }
}
