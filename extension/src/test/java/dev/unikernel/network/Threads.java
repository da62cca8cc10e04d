package dev.unikernel.network;

import java.util.List;

/** The threads of this JVM that are ours. */
public final class Threads {

    private Threads() {}

    /** The names of all live threads that begin with {@code unikernel-}. */
    public static List<String> ours() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("unikernel-"))
                .sorted()
                .toList();
    }
}
