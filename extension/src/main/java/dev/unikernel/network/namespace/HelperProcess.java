package dev.unikernel.network.namespace;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.network.Guards;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.ProcessGuard;
import dev.unikernel.network.relay.Relay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The helper as the tests' JVM sees it: a process in namespaces of its own, with a JVM that runs {@link NamespaceInit}. */
final class HelperProcess {

    /** As much time as any program of ours gets; on an idle machine it takes a tenth of a second. */
    private static final long START_SECONDS = 30;

    private static final long PAUSE_MILLIS = 1;

    /**
     * The interfaces in /sys/class/net are those of the namespace in which it was mounted. In some containers that is not
     * allowed, and the newest VMMs only look there for a tap's flags.
     */
    private static final String PREPARE = "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up;"
            + " { mount --make-rprivate /sys; mount -t sysfs sysfs /sys; } 2>/dev/null;"
            + " unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; exec \"$@\"";

    private final Path folder;
    private final ProcessGuard.Guarded process;
    private final SocketChannel channel;
    private final Relay relay;
    private final Slirp slirp;
    private final Map<Integer, Consumer<Report>> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger lastGuest = new AtomicInteger();
    private final CompletableFuture<String> end = new CompletableFuture<>();

    private HelperProcess(Path folder, ProcessGuard.Guarded process, Relay relay, SocketChannel channel, Slirp slirp) {
        this.folder = folder;
        this.process = process;
        this.relay = relay;
        this.channel = channel;
        this.slirp = slirp;
        Thread listening = new Thread(this::listen, "unikernel-helper-reports");
        listening.setDaemon(true);
        listening.start();
    }

    /**
     * Starts a helper and waits until it can be told what to do.
     *
     * @param unshare the command that makes the namespaces
     * @throws NetworkException if it does not start; its own words are in the message
     */
    static HelperProcess start(List<String> unshare, Guards guards) {
        Path folder = makeFolder(guards);
        Path log = folder.resolve("helper.log");
        ProcessGuard.Guarded process =
                guards.processes().start(unshare, command(folder), log, folder.resolve("helper.err"));
        try {
            // Nobody waits for it here, as the helper takes longer.
            Relay relay = Relay.to(socket(folder));
            try {
                Slirp slirp = new Slirp(process, folder, guards.processes());
                return new HelperProcess(folder, process, relay, connect(folder, process), slirp);
            } catch (NetworkException failed) {
                relay.close();
                throw failed;
            }
        } catch (NetworkException failed) {
            process.close();
            delete(folder);
            throw failed;
        }
    }

    private static Path makeFolder(Guards guards) {
        Path folder = Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "unikernel-helper-" + ProcessHandle.current().pid() + "-"
                                + Long.toHexString(ThreadLocalRandom.current().nextLong()))
                .toAbsolutePath();
        guards.folders().guard(folder);
        try {
            return Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failed) {
            throw new NetworkException(
                    "the folder " + folder + ", for the helper of the network mode 'namespace', cannot be made ("
                            + failed + "). Let java.io.tmpdir name a folder that exists and is writable",
                    failed);
        }
    }

    private static List<String> command(Path folder) {
        return List.of(
                "sh",
                "-c",
                PREPARE,
                "unikernel-helper",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // For a program that starts fast and does little.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:-UseContainerSupport",
                "-Xshare:auto",
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=512m",
                "-cp",
                classPath(),
                NamespaceInit.class.getName(),
                socket(folder).toString());
    }

    /** Where our own classes are: nothing else is needed in there. */
    private static String classPath() {
        try {
            return Path.of(NamespaceInit.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException packed) {
            throw new NetworkException(
                    "the classes of unikernel-junit are in no jar or folder that a second JVM could read ("
                            + packed.getMessage() + "). Put its jar on the class path as it is",
                    packed);
        }
    }

    private static Path socket(Path folder) {
        return folder.resolve("helper.sock");
    }

    private static SocketChannel connect(Path folder, ProcessGuard.Guarded process) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket(folder));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            // Before the attempt: whoever has ended after it was connected to is found out by the reports' end.
            boolean running = process.exitCode().isEmpty();
            try {
                return SocketChannel.open(address);
            } catch (IOException notYet) {
                if (!running || System.nanoTime() - deadline > 0) {
                    throw new NetworkException("the helper of the network mode 'namespace' "
                            + (running ? "was not there within " + START_SECONDS + " s" : "ended at its start")
                            + ": " + lastWords(folder));
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new NetworkException("interrupted while the helper of the network mode 'namespace' started");
            }
        }
    }

    private static String lastWords(Path folder) {
        return lastWordsIn(folder.resolve("helper.err"), folder.resolve("helper.log"));
    }

    /** What a program has said, for an error's text. */
    static String lastWordsIn(Path... logs) {
        try (Stream<Path> files = Stream.of(logs)) {
            String words = String.join(
                    "; ",
                    files.flatMap(HelperProcess::lines)
                            .filter(line -> !line.isBlank())
                            .limit(5)
                            .toList());
            return words.isEmpty() ? "it said nothing" : "it said '" + words + "'";
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException | UncheckedIOException unreadable) {
            return Stream.of();
        }
    }

    boolean isRunning() {
        return !end.isDone();
    }

    /** Says that it did not answer in that time. */
    String silence(Duration time) {
        return "the helper of the network mode 'namespace' (pid " + process.pid() + ") did not answer within "
                + time.toSeconds() + " s; " + lastWords(folder);
    }

    long pid() {
        return process.pid();
    }

    Relay relay() {
        return relay;
    }

    /**
     * The device in there that leads out.
     *
     * @throws NetworkException if it cannot be had
     */
    String wayOut() {
        return slirp.device();
    }

    /**
     * Registers a guest: what the helper reports of it comes to {@code listener}, on one thread; at last, if the helper ends, a
     * refusal.
     */
    int register(Consumer<Report> listener) {
        int guest = lastGuest.incrementAndGet();
        listeners.put(guest, listener);
        return guest;
    }

    void unregister(int guest) {
        listeners.remove(guest);
    }

    /** @throws NetworkException if the helper has ended */
    synchronized void tell(Order order) {
        ByteBuffer line = StandardCharsets.UTF_8.encode(order + "\n");
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException gone) {
            throw new NetworkException(end.join(), gone);
        }
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                Report report = Report.parse(line);
                Consumer<Report> listener = listeners.get(report.guest());
                if (listener != null) {
                    listener.accept(report);
                }
            }
        } catch (IOException gone) {
            // As good as its end.
        } catch (RuntimeException misunderstood) {
            // Half a line, if it was killed while it spoke. Whoever waits for a report must not wait for ever.
            System.getLogger(HelperProcess.class.getName()).log(DEBUG, "the helper was misunderstood", misunderstood);
        }
        String reason = "the helper of the network mode 'namespace' (pid " + process.pid()
                + ") has ended, and its VMs with it; " + lastWords(folder);
        System.getLogger("dev.unikernel").log(WARNING, reason);
        end.complete(reason);
        relay.close();
        process.close();
        slirp.close();
        listeners.forEach((guest, listener) -> listener.accept(new Report.Refused(guest, reason)));
        delete(folder);
    }

    /** The guard would do that, too, but not before this JVM ends. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException kept) {
            System.getLogger(HelperProcess.class.getName()).log(DEBUG, "the helper's folder is kept", kept);
        }
    }
}
