package dev.unikernel.network.premade;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

/**
 * The right to use a pre-made tap, which one VM has at a time, whichever process and user it is of.
 *
 * <p>It is a UDP socket at a loopback address that stands for the tap's number: like the tap it belongs to the network
 * namespace, and the kernel takes it back from a process that dies. A lock on a file would do neither, and would stay.
 */
final class TapClaim implements AutoCloseable {

    /** 127.78.0.0; the low 16 bits are those of the tap's number. */
    private static final int BASE = 0x7f_4e_00_00;

    /** Outside of the range that Linux gives to clients by itself; the high bits of the tap's number come on top. */
    private static final int PORT = 20_067;

    private final DatagramChannel socket;

    private TapClaim(DatagramChannel socket) {
        this.socket = socket;
    }

    /** Empty if another VM has the tap of this number. */
    static Optional<TapClaim> claim(int index) {
        InetSocketAddress address =
                new InetSocketAddress(Ipv4.of(BASE | (index & 0xffff)), PORT + ((index >>> 16) & 0xfff));
        DatagramChannel socket = open();
        try {
            return Optional.of(new TapClaim(socket.bind(address)));
        } catch (IOException refused) {
            NetworkException failure = new NetworkException(
                    "the loopback address " + address + ", by which VMs take turns at a tap, cannot be used: "
                            + refused.getMessage() + ". Is the interface lo up (sudo ip link set dev lo up)?",
                    refused);
            close(socket, failure);
            if (refused instanceof BindException
                    && String.valueOf(refused.getMessage()).contains("in use")) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private static DatagramChannel open() {
        try {
            return DatagramChannel.open(StandardProtocolFamily.INET);
        } catch (IOException failed) {
            throw new NetworkException("no UDP socket can be opened: " + failed, failed);
        }
    }

    private static void close(DatagramChannel socket, NetworkException failure) {
        try {
            socket.close();
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new NetworkException("the claim on a tap was not given back: " + failed, failed);
        }
    }
}
