package dev.unikernel.network;

import java.nio.file.Path;

/** Sees to it that a folder is removed when this JVM ends, however it ends. */
@FunctionalInterface
public interface FolderGuard {

    /** Guards the folder {@code folder}, an absolute path that belongs to us alone and need not exist yet. */
    void guard(Path folder);
}
