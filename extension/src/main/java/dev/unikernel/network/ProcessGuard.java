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
    Guarded start(List<String> command, Path output, Path errors);

    /** A process that was started. */
    interface Guarded extends AutoCloseable {

        /** Empty while it runs. */
        OptionalInt exitCode();

        /** Ends it: SIGTERM, a bounded wait, SIGKILL. Idempotent. */
        @Override
        void close();
    }
}
