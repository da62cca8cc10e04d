package dev.unikernel.network.premade;

import dev.unikernel.network.MacAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a guest answers at an address. That the neighbour table has its hardware address there does not say
 * so: a server may have put it there before the guest had its address (dnsmasq does), and what the guest once said stays.
 *
 * <p>So a TCP connection is tried, to a port at which probably nobody listens: whether it is accepted or refused, the
 * answer came from the address, and the table tells from whose card. A guest that keeps silent there has still answered the
 * kernel's ARP if the table calls it REACHABLE.
 */
final class Answer implements AutoCloseable {

    /** The discard service of RFC 863. */
    private static final int PORT = 9;

    private static final Duration TRY_FOR = Duration.ofMillis(100);
    private static final Duration ASK_KERNEL_EVERY = Duration.ofMillis(250);
    private static final Path TABLE = Path.of("/proc/net/arp");

    private final Inet4Address address;
    private final MacAddress mac;
    private final String tap;
    private final Taps taps;
    private @Nullable SocketChannel trial;
    private long triedAt;
    private long askedAt;

    Answer(Inet4Address address, MacAddress mac, String tap, Taps taps) {
        this.address = address;
        this.mac = mac;
        this.tap = tap;
        this.taps = taps;
        this.askedAt = System.nanoTime();
    }

    /** Whether the guest has answered by now. Does not wait. */
    boolean came() throws IOException {
        boolean answered = triesToConnect();
        if (answered) {
            return isNeighbour();
        }
        if (System.nanoTime() - askedAt > ASK_KERNEL_EVERY.toNanos()) {
            askedAt = System.nanoTime();
            String neighbour = taps.neighbour(address.getHostAddress(), tap);
            return neighbour.contains(" lladdr " + mac + " ") && neighbour.contains("REACHABLE");
        }
        return false;
    }

    /** Accepted and refused are both an answer; anything else is tried again. */
    private boolean triesToConnect() throws IOException {
        try {
            if (trial == null) {
                triedAt = System.nanoTime();
                trial = SocketChannel.open();
                trial.configureBlocking(false);
                return trial.connect(new InetSocketAddress(address, PORT));
            }
            if (trial.finishConnect()) {
                return true;
            }
            if (System.nanoTime() - triedAt > TRY_FOR.toNanos()) {
                close();
            }
            return false;
        } catch (ConnectException e) {
            close();
            return String.valueOf(e.getMessage()).contains("refused");
        } catch (IOException noRoute) {
            close();
            return false;
        }
    }

    /** A line: address, type of hardware, flags, hardware address, mask, device (proc_pid_net(5)). */
    private boolean isNeighbour() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .map(line -> line.split("\\s+"))
                .anyMatch(words -> words.length >= 6
                        && words[0].equals(address.getHostAddress())
                        && words[3].equalsIgnoreCase(mac.toString())
                        && words[5].equals(tap));
    }

    @Override
    public void close() throws IOException {
        if (trial != null) {
            trial.close();
            trial = null;
        }
    }
}
