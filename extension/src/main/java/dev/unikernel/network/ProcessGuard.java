package dev.unikernel.network;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Starts processes that end with this JVM, however it ends. */
@FunctionalInterface
public interface ProcessGuard {

    /**
     * Starts a program with nothing to read.
     *
     * @param command the program and its arguments
     * @param output the file that receives its standard output
     * @param errors the file that receives its standard error
     * @throws NetworkException if it cannot be started
     */
    default Guarded start(List<String> command, Path output, Path errors) {
        return start(List.of(), command, output, errors);
    }

    /**
     * As {@link #start(List, Path, Path)}, but by a program that makes or enters namespaces, runs {@code command} there as
     * its child and ends as that does: unshare(1) with {@code --fork}.
     *
     * @param enter that program with its arguments; empty for none
     */
    Guarded start(List<String> enter, List<String> command, Path output, Path errors);

    /** A process that was started. */
    interface Guarded extends AutoCloseable {

        /** The process id of the command, as this JVM sees it. */
        long pid();

        /** Empty while it runs. */
        OptionalInt exitCode();

        /** Ends it: SIGTERM, a bounded wait, SIGKILL. Idempotent. */
        @Override
        void close();
    }
}
