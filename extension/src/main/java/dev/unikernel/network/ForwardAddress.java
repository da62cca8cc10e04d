package dev.unikernel.network;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An address 127.77.x.y that is ours until it is closed. All of 127.0.0.0/8 is this host (RFC 1122 section 3.2.1.3), so
 * that each guest can have an address of its own under which its ports keep their numbers.
 *
 * <p>The claim is a UDP socket that is held: other processes that claim in this way get another address, and no claim
 * outlives its process.
 */
public final class ForwardAddress implements AutoCloseable {

    /** Below the ports that the kernel hands out by itself, so that no chance socket on all addresses is in the way. */
    public static final int CLAIM_PORT = 27_077;

    private static final int FIRST = Ipv4.bits(Ipv4.parse("127.77.0.1"));
    private static final int HOSTS = 254;
    private static final int COUNT = 256 * HOSTS;

    /** A port that is taken at so many addresses is taken at all of them. */
    private static final int PORT_CONFLICTS = 16;

    /** No address is used twice in a JVM: a client that keeps connections by address must never find another guest. */
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final Inet4Address address;
    private final DatagramSocket claim;

    private ForwardAddress(Inet4Address address, DatagramSocket claim) {
        this.address = address;
        this.claim = claim;
    }

    /**
     * Claims an address at which {@code ports} can be listened to, as far as can be seen before it is done.
     *
     * @throws NetworkException if there is none
     */
    public static ForwardAddress claim(List<Integer> ports) {
        int conflicts = 0;
        for (int index = NEXT.getAndIncrement(); index >= 0 && index < COUNT; index = NEXT.getAndIncrement()) {
            Optional<ForwardAddress> claimed = claim(address(index));
            if (claimed.isPresent()) {
                ForwardAddress address = claimed.get();
                Optional<NetworkException> conflict = address.conflict(ports);
                if (conflict.isEmpty()) {
                    return address;
                }
                address.close();
                conflicts++;
                if (conflicts == PORT_CONFLICTS) {
                    throw conflict.get();
                }
            }
        }
        throw new NetworkException("no address 127.77.x.y is left: this JVM has used all " + COUNT + ", or UDP port "
                + CLAIM_PORT + " is held at all of them by "
                + PortOwner.describe(PortOwner.Protocol.UDP, CLAIM_PORT)
                + ". Divide the tests among several JVMs, or end that program");
    }

    private static Inet4Address address(int index) {
        return Ipv4.of(FIRST + ((index / HOSTS) << 8) + index % HOSTS);
    }

    private static Optional<ForwardAddress> claim(Inet4Address address) {
        try {
            return Optional.of(
                    new ForwardAddress(address, new DatagramSocket(new InetSocketAddress(address, CLAIM_PORT))));
        } catch (IOException refused) {
            if (isInUse(refused)) {
                return Optional.empty();
            }
            throw explain(address, CLAIM_PORT, PortOwner.Protocol.UDP, refused);
        }
    }

    /** Only for the error message: whoever takes a port later makes its user fail, with less to say about it. */
    private Optional<NetworkException> conflict(List<Integer> ports) {
        for (int port : ports) {
            try (ServerSocket trial = new ServerSocket()) {
                trial.bind(new InetSocketAddress(address, port), 1);
            } catch (IOException refused) {
                return Optional.of(explain(address, port, PortOwner.Protocol.TCP, refused));
            }
        }
        return Optional.empty();
    }

    private static NetworkException explain(
            Inet4Address address, int port, PortOwner.Protocol protocol, IOException refused) {
        String reason = String.valueOf(refused.getMessage());
        String subject = protocol + " port " + port + " at " + address.getHostAddress()
                + ", under which the guest would be reached, cannot be had: ";
        if (isInUse(refused)) {
            return new NetworkException(
                    subject + "it is held by " + PortOwner.describe(protocol, port)
                            + ", at all addresses of this host. End that program, let it listen at 127.0.0.1 only, or"
                            + " let the guest use another port",
                    refused);
        }
        if (reason.contains("Permission denied")) {
            return new NetworkException(
                    subject
                            + "no right to listen to a port below 1024. Let the guest use a higher port, or set the sysctl"
                            + " net.ipv4.ip_unprivileged_port_start=" + port,
                    refused);
        }
        if (reason.contains("Cannot assign requested address")) {
            return new NetworkException(
                    subject + "the loopback interface is down. Set it up (ip link set lo up)", refused);
        }
        return new NetworkException(subject + reason, refused);
    }

    private static boolean isInUse(IOException refused) {
        return String.valueOf(refused.getMessage()).contains("Address already in use");
    }

    public Inet4Address address() {
        return address;
    }

    @Override
    public void close() {
        claim.close();
    }
}
