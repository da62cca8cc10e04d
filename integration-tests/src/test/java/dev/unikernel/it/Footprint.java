package dev.unikernel.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What this JVM holds at a moment: its open files and sockets by what they are, its threads, its child processes, loaded
 * classes, and the bytes that it reaches on the heap.
 */
record Footprint(Map<String, Integer> descriptors, int threads, long children, long classes, long heapBytes) {

    static Footprint now() {
        // Twice: what the first collection finds to be finalized or cleaned is freed by the second.
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return new Footprint(
                openDescriptors(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ProcessHandle.current().descendants().count(),
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
                runtime.totalMemory() - runtime.freeMemory());
    }

    int openFiles() {
        return descriptors.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public String toString() {
        return openFiles() + " open files, " + threads + " threads, " + children + " child processes, " + classes
                + " classes, " + heapBytes / 1024 + " KiB of heap";
    }

    /** Sockets and pipes without their numbers: {@code socket}, {@code pipe}, {@code /dev/net/tun}, a path. */
    private static Map<String, Integer> openDescriptors() {
        Map<String, Integer> found = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : all) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    found.merge(target.replaceFirst(":\\[\\d+]$", ""), 1, Integer::sum);
                } catch (IOException e) {
                    // The one by which the folder is read, among others that ended meanwhile.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
