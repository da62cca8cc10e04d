package dev.unikernel.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command line of a running VMM, to run the same one without us. */
record VmmCommand(List<String> words) {

    private static final Pattern TAP = Pattern.compile("(?:tap|ifname)=([^,]+)");
    private static final Pattern MAC = Pattern.compile("mac=([0-9a-f:]{17})");
    private static final Pattern DISK = Pattern.compile("(?:path|file)=([^,]+)/([^,/]+\\.raw)");

    /** What process {@code pid} was started with, as the kernel knows it. */
    static VmmCommand of(long pid) {
        try {
            String words = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
            return new VmmCommand(List.of(words.split("\0")));
        } catch (IOException e) {
            throw new BenchException("the command line of process " + pid + " cannot be read: " + e, e);
        }
    }

    String tap() {
        return find(TAP).group(1);
    }

    String mac() {
        return find(MAC).group(1);
    }

    /** The VM's private folder, where the copy of its disk is. */
    Path folder() {
        return Path.of(find(DISK).group(1));
    }

    /** The name of the disk's copy in {@link #folder()}. */
    String disk() {
        return find(DISK).group(2);
    }

    VmmCommand with(String tap, String mac) {
        return replacing("=" + tap(), "=" + tap).replacing(mac(), mac);
    }

    VmmCommand inFolder(Path folder) {
        return replacing(folder().toString(), folder.toString());
    }

    /** What the VMM has to read before it lets its guest run: a QEMU that waits (-S) is told to go on by QMP. */
    String wordsToBegin() {
        return words.contains("-S") ? "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"cont\"}\n" : "";
    }

    List<String> after(String... first) {
        return Stream.concat(Stream.of(first), words.stream()).toList();
    }

    private VmmCommand replacing(String old, String now) {
        return new VmmCommand(words.stream().map(word -> word.replace(old, now)).toList());
    }

    private Matcher find(Pattern pattern) {
        return words.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .findFirst()
                .orElseThrow(() -> new BenchException("no " + pattern + " in the VMM's command line " + words));
    }
}
