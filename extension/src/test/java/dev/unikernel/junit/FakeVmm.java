package dev.unikernel.junit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A VMM without a guest, for the rules of a VM's life: it speaks QEMU's command line and QMP, leases an address by DHCP in
 * its capture and answers HTTP where QEMU would forward to the guest. Needs nothing but a JVM.
 *
 * <p>The kernel command line tells it what to do: {@code name=NAME} and {@code journal=FILE}, in which it writes {@code boot
 * NAME PID} at its start, {@code unplug NAME PID} and {@code plug NAME PID} when its cable is, {@code ready NAME PID} before it answers and {@code end NAME PID} when it is told to end; {@code together=N} to become ready only when N VMs
 * have begun to boot; {@code never} to have no ready guest; {@code die} to end with an error; {@code linger} to write a line
 * and have no ready guest for three seconds.
 */
public final class FakeVmm {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern FORWARD = Pattern.compile("hostfwd=tcp:([0-9.]+):(\\d+)-");
    private static final String PID = Long.toString(ProcessHandle.current().pid());

    private final List<String> arguments;

    private FakeVmm(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Writes a program into {@code folder} that is QEMU by its version and runs this VMM. */
    public static Path script(Path folder) {
        Path script = folder.resolve("qemu-system-x86_64");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = Path.of(FakeVmm.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
        try {
            Files.writeString(
                    script,
                    "#!/bin/sh\n[ \"$1\" = --version ] && echo 'QEMU emulator version 7.2.22' && exit\n"
                            + "exec '" + java + "' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx32m -cp '"
                            + classes + "' " + FakeVmm.class.getName() + " \"$@\"\n");
            return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws Exception {
        new FakeVmm(Arrays.asList(arguments)).run();
    }

    private void run() throws Exception {
        note("boot");
        Runtime.getRuntime().addShutdownHook(new Thread(this::noteEnd));
        if (isTold("die")) {
            System.err.println("fake: told to die");
            System.exit(1);
        }
        Thread qmp = new Thread(this::talk, "qmp");
        qmp.start();
        Path serial = Path.of(after("-chardev", "file,id=serial0,path="));
        Files.writeString(serial, "fake guest " + told("name").orElse("") + "\n");
        lease();
        if (isTold("linger")) {
            awaitUntil(System.nanoTime() + Duration.ofSeconds(3).toNanos(), () -> false);
        }
        told("together").map(Integer::parseInt).ifPresent(count -> awaitUntil(deadline(), () -> boots() >= count));
        if (!isTold("never")) {
            serve();
        }
        qmp.join();
    }

    /** Answers each command with success, and tells of the guest's start. */
    private void talk() {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("{\"QMP\": {\"version\": {}, \"capabilities\": []}}");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.contains("\"set_link\"")) {
                    note(line.contains("\"up\":true") ? "plug" : "unplug");
                }
                Matcher id = Pattern.compile("\"id\":\"([^\"]*)\"").matcher(line);
                out.println("{\"return\": {}" + (id.find() ? ", \"id\": \"" + id.group(1) + "\"" : "") + "}");
                if (line.contains("\"cont\"")) {
                    long millis = System.currentTimeMillis();
                    out.println("{\"timestamp\": {\"seconds\": " + millis / 1000 + ", \"microseconds\": "
                            + millis % 1000 * 1000 + "}, \"event\": \"RESUME\"}");
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void lease() throws IOException {
        String mac = after("-device", "virtio-net-pci,netdev=net0,mac=").substring(0, 17);
        try (OutputStream capture = Files.newOutputStream(
                Path.of(after("-object", "filter-dump,id=dump0,netdev=net0,file=")), StandardOpenOption.WRITE)) {
            capture.write(ByteBuffer.allocate(24)
                    .putInt(0xa1b2c3d4)
                    .putShort((short) 2)
                    .putShort((short) 4)
                    .putLong(0)
                    .putInt(65535)
                    .putInt(1)
                    .array());
            for (int type : new int[] {1, 2, 3, 5}) { // DISCOVER, OFFER, REQUEST, ACK
                byte[] frame = frame(type, mac);
                capture.write(ByteBuffer.allocate(16)
                        .putLong(0)
                        .putInt(frame.length)
                        .putInt(frame.length)
                        .array());
                capture.write(frame);
            }
        }
    }

    private static byte[] frame(int type, String mac) {
        byte[] hardware = new byte[6];
        for (int index = 0; index < hardware.length; index++) {
            hardware[index] = (byte) Integer.parseInt(mac.substring(index * 3, index * 3 + 2), 16);
        }
        boolean reply = type == 2 || type == 5;
        byte[] options = reply
                ? new byte[] {
                    53, 1, (byte) type, 54, 4, 10, 0, 2, 2, 51, 4, 0, 1, 0x51, (byte) 0x80, 1, 4, -1, -1, -1, 0, -1
                }
                : new byte[] {53, 1, (byte) type, -1};
        int dhcp = 240 + options.length;
        ByteBuffer frame = ByteBuffer.allocate(14 + 20 + 8 + dhcp);
        frame.position(12).putShort((short) 0x0800);
        frame.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (28 + dhcp))
                .putInt(0)
                .put((byte) 64)
                .put((byte) 17);
        frame.position(34);
        frame.putShort((short) (reply ? 67 : 68))
                .putShort((short) (reply ? 68 : 67))
                .putShort((short) (8 + dhcp));
        frame.position(42);
        frame.put((byte) (reply ? 2 : 1))
                .put((byte) 1)
                .put((byte) 6)
                .put((byte) 0)
                .putInt(0x1234);
        frame.position(58);
        if (reply) {
            frame.put(new byte[] {10, 0, 2, 15}); // yiaddr
        }
        frame.position(70);
        frame.put(hardware);
        frame.position(42 + 236);
        return frame.putInt(0x63825363).put(options).array();
    }

    private void serve() throws IOException {
        Matcher forward = FORWARD.matcher(after("-netdev", "user,id=net0,"));
        while (forward.find()) {
            ServerSocket server = new ServerSocket();
            server.bind(
                    new InetSocketAddress(InetAddress.getByName(forward.group(1)), Integer.parseInt(forward.group(2))));
            Thread accepting = new Thread(() -> accept(server), "accept");
            accepting.setDaemon(true);
            note("ready");
            accepting.start();
        }
    }

    private void accept(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread answering = new Thread(() -> answer(socket), "http");
                answering.setDaemon(true);
                answering.start();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(Socket connection) {
        try (Socket socket = connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            String body = told("name").orElse("") + " " + PID;
            socket.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private String after(String option, String beginning) {
        for (int index = 0; index + 1 < arguments.size(); index++) {
            if (arguments.get(index).equals(option) && arguments.get(index + 1).startsWith(beginning)) {
                return arguments.get(index + 1).substring(beginning.length());
            }
        }
        throw new IllegalArgumentException("no " + option + " " + beginning + " in " + arguments);
    }

    private String commandLine() {
        int index = arguments.indexOf("-append");
        return index < 0 ? "" : arguments.get(index + 1);
    }

    private boolean isTold(String word) {
        return Arrays.asList(commandLine().split(" ")).contains(word);
    }

    private Optional<String> told(String key) {
        return Arrays.stream(commandLine().split(" "))
                .filter(word -> word.startsWith(key + "="))
                .map(word -> word.substring(key.length() + 1))
                .findFirst();
    }

    private void note(String what) throws IOException {
        Optional<String> journal = told("journal");
        if (journal.isPresent()) {
            Files.writeString(
                    Path.of(journal.get()),
                    what + " " + told("name").orElse("-") + " " + PID + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    /** After SIGTERM, and after a program that ends by itself. */
    private void noteEnd() {
        try {
            note("end");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long boots() {
        try {
            return Files.readAllLines(Path.of(told("journal").orElseThrow())).stream()
                    .filter(line -> line.startsWith("boot "))
                    .count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long deadline() {
        return System.nanoTime() + LIMIT.toNanos();
    }

    private static void awaitUntil(long deadline, BooleanSupplier condition) {
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(2_000_000);
        }
    }
}
