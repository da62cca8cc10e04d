package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What a VM could leave behind on this machine: VMMs, taps, folders, threads. Compared before and after. */
record Leftovers(Set<String> found) {

    private static final Set<String> STAY = Set.of("unikernel-spawner", "unikernel-relay", "unikernel-helper-reports");

    static Leftovers now() {
        Set<String> found = new TreeSet<>();
        vmms().forEach(found::add);
        folders().map(folder -> "folder " + folder).forEach(found::add);
        threads().map(thread -> "thread " + thread).forEach(found::add);
        taps().map(tap -> "tap " + tap).forEach(found::add);
        return new Leftovers(found);
    }

    /** Taps are deleted beside the test's path, so their end is waited for. */
    void assertNothingNew() {
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            Set<String> after = new TreeSet<>(now().found());
            after.removeAll(found);
            assertThat(after).as("left behind").isEmpty();
        });
    }

    /** The VMMs of this JVM, alive. */
    static Stream<String> vmms() {
        return ProcessHandle.current()
                .descendants()
                .map(process -> "process " + process.info().command().orElse("?") + " " + process.pid())
                .filter(process -> process.contains("cloud-hypervisor") || process.contains("qemu"));
    }

    private static Stream<Path> folders() {
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> entries = Files.list(temp)) {
            return entries
                    .filter(entry -> entry.getFileName()
                            .toString()
                            .startsWith("unikernel-" + ProcessHandle.current().pid() + "-"))
                    .collect(Collectors.toList())
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The spawner is one thread per JVM and stays, and so do those for the helper of the network mode 'namespace'. */
    private static Stream<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("unikernel-") && !STAY.contains(name));
    }

    private static Stream<String> taps() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .filter(name -> name.startsWith("uk"))
                    .collect(Collectors.toList())
                    .stream();
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }
}
