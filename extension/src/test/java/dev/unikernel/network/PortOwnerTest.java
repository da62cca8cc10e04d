package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortOwnerTest {

    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @TempDir
    Path proc;

    @Test
    void theProcessBehindAUdpSocketIsNamed() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            assertThat(PortOwner.describe(PortOwner.Protocol.UDP, socket.getLocalPort()))
                    .endsWith("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void theProcessBehindATcpSocketIsNamed() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(PortOwner.describe(PortOwner.Protocol.TCP, socket.getLocalPort()))
                    .endsWith("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void aProcessThatCannotBeLookedIntoIsKnownByItsUser() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(
                proc.resolve("net/udp"),
                HEADER + "  177: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000   108        0"
                        + " 24541 2 0000000000000000 0\n");

        assertThat(PortOwner.describe(proc, PortOwner.Protocol.UDP, 67)).isEqualTo("a process of user id 108");
    }

    @Test
    void aPortThatNobodyHereHoldsIsSaidToBeInvisible() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/udp"), HEADER);

        assertThat(PortOwner.describe(proc, PortOwner.Protocol.UDP, 67))
                .isEqualTo("a process that cannot be seen from here");
    }
}
