package dev.unikernel.network.dhcp;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.PortOwner;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Opens the server's two kinds of sockets, non-blocking, and says what stands in the way where that fails. */
final class DhcpSockets {

    private DhcpSockets() {}

    /** The socket that hears the broadcasts of all links. */
    static DatagramChannel receiver() {
        return open(DhcpMessage.NO_ADDRESS);
    }

    /**
     * The socket that speaks on the link on which we are {@code address}, and hears what is sent to that address.
     *
     * <p>A limited broadcast from the receiver's wildcard socket would leave by the default route's interface, or find
     * no route at all; bound to the link's own address it leaves by that link.
     */
    static DatagramChannel sender(Inet4Address address) {
        return open(address);
    }

    private static DatagramChannel open(Inet4Address address) {
        DatagramChannel channel = null;
        try {
            channel = DatagramChannel.open(StandardProtocolFamily.INET);
            // Before bind, on every socket: only then do all of them, and other servers, share the port.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
            channel.configureBlocking(false);
            return channel.bind(new InetSocketAddress(address, DhcpMessage.SERVER_PORT));
        } catch (IOException refused) {
            NetworkException failure = new NetworkException(explain(address, refused), refused);
            close(channel, failure);
            throw failure;
        }
    }

    private static void close(@Nullable DatagramChannel channel, NetworkException failure) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
        }
    }

    private static String explain(Inet4Address address, IOException refused) {
        String reason = String.valueOf(refused.getMessage());
        String subject = "DHCP server cannot listen at " + address.getHostAddress() + ":" + DhcpMessage.SERVER_PORT;
        if (reason.contains("Permission denied")) {
            return subject
                    + ": no right to bind a port below 1024. Run the tests in a network namespace of their own, or"
                    + " give the JVM CAP_NET_BIND_SERVICE, or set the sysctl net.ipv4.ip_unprivileged_port_start=67";
        }
        if (reason.contains("Cannot assign requested address")) {
            return subject + ": no interface of this network namespace has that address (any more). Was the tap deleted"
                    + " by somebody else?";
        }
        if (refused instanceof BindException) {
            return subject + ": UDP port 67 is held by "
                    + PortOwner.describe(PortOwner.Protocol.UDP, DhcpMessage.SERVER_PORT)
                    + ", which does not share it (likely a DHCP server such as dnsmasq without --bind-interfaces). Run the"
                    + " tests in a network namespace of their own, or stop that server, or let it bind to its interfaces"
                    + " only";
        }
        return subject + ": " + reason;
    }
}
