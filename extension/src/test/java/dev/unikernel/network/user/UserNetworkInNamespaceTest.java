package dev.unikernel.network.user;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import dev.unikernel.network.UserNic;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With QEMU's real network stack, and where a test takes addresses or ports away. */
@OwnNamespace
class UserNetworkInNamespaceTest {

    private final UserNetwork network = new UserNetwork();

    @TempDir
    Path folder;

    @Test
    void theExchangeWithQemusServerIsSeen() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")),
                "SKIPPED: qemu-system-x86_64 is not installed");
        try (Attachment attachment = network.attach(List.of(8080), folder)) {
            UserNic nic = (UserNic) attachment.nic();
            Shell.run("ip tuntap add dev guest mode tap; ip link set guest address %s up".formatted(nic.mac()));
            Process qemu = Shell.start(("exec qemu-system-x86_64 -M none -nodefaults -display none -monitor none"
                            + " -netdev user,id=a,hostfwd=tcp:%1$s:8080-:8080"
                            + " -netdev tap,id=b,ifname=guest,script=no,downscript=no"
                            + " -netdev hubport,id=c,hubid=0,netdev=a -netdev hubport,id=d,hubid=0,netdev=b"
                            + " -object filter-dump,id=e,netdev=a,file=%2$s")
                    .formatted(nic.forwardAddress().getHostAddress(), nic.capture()));

            Shell.run("busybox udhcpc -f -q -n -t 10 -T 1 -s /bin/true -i guest");

            await().atMost(10, SECONDS).until(() -> attachment.leases().lease().isPresent());
            assertThat(attachment.leases().lease().orElseThrow().address()).isEqualTo(Ipv4.parse("10.0.2.15"));
            assertThat(attachment.leases().sightings())
                    .extracting(sighting -> sighting.type())
                    .contains(Type.DISCOVER, Type.OFFER, Type.REQUEST, Type.ACK);
            qemu.destroy();
            qemu.waitFor();
        }
    }

    @Test
    void anAddressThatAnotherProcessClaimsIsLeftToIt() throws IOException {
        try (DatagramSocket theirs =
                new DatagramSocket(new InetSocketAddress("127.77.0.1", ForwardAddress.CLAIM_PORT))) {
            assertThat(theirs.isBound()).isTrue();
            try (Attachment attachment = network.attach(List.of(8080), folder)) {
                assertThat(attachment.describe()).endsWith("127.77.0.2");
                assertThat(attachment.nic().mac()).hasToString("02:75:6b:4d:00:02");
            }
        }
    }

    @Test
    void anAddressWhosePortIsTakenIsPassedOver() throws IOException {
        try (ServerSocket theirs = new ServerSocket()) {
            theirs.bind(new InetSocketAddress("127.77.0.1", 8080));
            try (Attachment attachment = network.attach(List.of(8080), folder)) {
                assertThat(attachment.describe()).endsWith("127.77.0.2");
            }
        }
    }

    @Test
    void aPortThatIsTakenAtAllAddressesIsNamedWithItsOwner() throws IOException {
        try (ServerSocket theirs = new ServerSocket(8080, 1, InetAddress.getByName("0.0.0.0"))) {
            assertThat(theirs.isBound()).isTrue();
            assertThatThrownBy(() -> network.attach(List.of(9090, 8080), folder))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContainingAll(
                            "TCP port 8080 at 127.77.0.",
                            "(pid " + ProcessHandle.current().pid() + ")",
                            "let it listen at 127.0.0.1 only");
        }
        assertThat(folder).isEmptyDirectory();
        network.attach(List.of(9090, 8080), folder).close();
    }

    @Test
    void whoHoldsTheClaimPortAtAllAddressesIsNamed() throws IOException {
        try (DatagramSocket theirs = new DatagramSocket(new InetSocketAddress("0.0.0.0", ForwardAddress.CLAIM_PORT))) {
            assertThat(theirs.isBound()).isTrue();
            assertThatThrownBy(() -> network.attach(List.of(8080), folder))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContainingAll(
                            "no address 127.77.x.y is left",
                            "UDP port 27077",
                            "(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void aLoopbackThatWasNeverUpIsNamed() {
        Shell.run("ip link set lo down; ip address flush dev lo");

        assertThatThrownBy(() -> network.attach(List.of(8080), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("ip link set lo up");
    }
}
