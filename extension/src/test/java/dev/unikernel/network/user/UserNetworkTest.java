package dev.unikernel.network.user;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.HexResource;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Threads;
import dev.unikernel.network.Tool;
import dev.unikernel.network.UserNic;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UserNetworkTest {

    private static final int FIRST_DHCP_RECORD = 24 + 2 * (16 + 90);
    private static final int CHADDR_IN_FRAME = 42 + 28;

    private final UserNetwork network = new UserNetwork();

    @TempDir
    Path folder;

    @AfterEach
    void noThreadIsLeft() {
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(Threads.ours()).isEmpty());
    }

    @Test
    void theNicTellsQemuWhatToForwardAndWhereToWrite() throws IOException {
        try (Attachment attachment = network.attach(List.of(8080, 9090), folder)) {
            UserNic nic = (UserNic) attachment.nic();

            assertThat(nic.forwardAddress().getHostAddress()).startsWith("127.77.");
            assertThat(nic.ports()).containsExactly(8080, 9090);
            assertThat(nic.mac().toString()).startsWith("02:75:6b:4d:");
            assertThat(nic.capture()).hasParent(folder).exists().isNotEqualTo(folder);
            assertThat(Files.readAttributes(nic.capture(), "unix:mode").get("mode"))
                    .isEqualTo(0010600);
            assertThat(attachment.describe())
                    .isEqualTo("QEMU's user network, forwarded at "
                            + nic.forwardAddress().getHostAddress());
            assertThat(attachment.acceptsBeforeGuest()).isTrue();
            assertThat(network.mode()).isEqualTo(NetworkMode.USER);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theLeaseIsReadFromTheCapture() throws IOException {
        try (Attachment attachment = network.attach(List.of(8080), folder)) {
            MacAddress mac = attachment.nic().mac();

            write(attachment, captureOf(mac));

            await().atMost(10, SECONDS).until(() -> attachment.leases().lease().isPresent());
            Lease lease = attachment.leases().lease().orElseThrow();
            assertThat(lease)
                    .isEqualTo(new Lease(mac, Ipv4.parse("10.0.2.15"), Ipv4.parse("10.0.2.2"), Duration.ofDays(1)));
            assertThat(attachment.reachableAt(lease)).isEqualTo(((UserNic) attachment.nic()).forwardAddress());
            assertThat(attachment.leases().sightings())
                    .extracting(DhcpSighting::text)
                    .containsExactly(
                            "DISCOVER from " + mac,
                            "OFFER 10.0.2.15 from 10.0.2.2",
                            "REQUEST 10.0.2.15 from " + mac,
                            "ACK 10.0.2.15 from 10.0.2.2");
        }
    }

    @Test
    void theExchangeOfAnotherCardIsNotOurs() throws IOException {
        try (Attachment attachment = network.attach(List.of(8080), folder)) {
            write(attachment, captureOf(MacAddress.parse("02:00:00:00:00:99")));
            write(attachment, records(captureOf(attachment.nic().mac())));

            await().atMost(10, SECONDS).until(() -> attachment.leases().lease().isPresent());
            assertThat(attachment.leases().sightings()).hasSize(4);
        }
    }

    @Test
    void muchTrafficAfterTheLeaseNeverFillsThePipe() throws IOException {
        try (Attachment attachment = network.attach(List.of(8080), folder)) {
            write(attachment, captureOf(attachment.nic().mac()));
            byte[] traffic = new byte[16 + 65_000];
            ByteBuffer.wrap(traffic)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(8, 65_000)
                    .putInt(12, 65_000);
            try (OutputStream qemu = Files.newOutputStream(((UserNic) attachment.nic()).capture())) {
                for (int count = 0; count < 1_000; count++) {
                    qemu.write(traffic);
                }
            }
            write(attachment, records(captureOf(attachment.nic().mac())));

            await().atMost(10, SECONDS)
                    .untilAsserted(
                            () -> assertThat(attachment.leases().sightings()).hasSize(8));
        }
    }

    @Test
    void aCaptureThatIsNotUnderstoodIsStillDrained() throws IOException {
        try (Attachment attachment = network.attach(List.of(8080), folder)) {
            write(attachment, new byte[10 * 65_536]);

            assertThat(attachment.leases().sightings()).isEmpty();
        }
    }

    @Test
    void closingDoesNotWaitForAWriterThatNeverCame() {
        Attachment attachment = network.attach(List.of(8080), folder);

        long start = System.nanoTime();
        attachment.close();
        attachment.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aWriterThatStaysIsToldThatNobodyReads() throws IOException {
        Attachment attachment = network.attach(List.of(8080), folder);
        try (OutputStream qemu = Files.newOutputStream(((UserNic) attachment.nic()).capture())) {
            attachment.close();

            assertThatThrownBy(() -> qemu.write(new byte[1_000_000])).hasMessageContaining("Broken pipe");
        }
    }

    @Test
    void eachGuestHasItsOwnAddressAndNoneIsUsedAgain() throws IOException {
        List<Inet4Address> addresses = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            List<Attachment> attachments = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                Path own = Files.createDirectory(folder.resolve(round + "-" + index));
                attachments.add(network.attach(List.of(8080), own));
            }
            attachments.forEach(attachment -> addresses.add(((UserNic) attachment.nic()).forwardAddress()));
            attachments.forEach(Attachment::close);
        }
        assertThat(addresses).doesNotHaveDuplicates();
    }

    @Test
    void theClaimIsHeldUntilTheGuestIsGone() {
        Attachment attachment = network.attach(List.of(8080), folder);
        InetSocketAddress claim =
                new InetSocketAddress(((UserNic) attachment.nic()).forwardAddress(), ForwardAddress.CLAIM_PORT);
        assertThatThrownBy(() -> new DatagramSocket(claim).close()).hasMessageContaining("already in use");

        attachment.close();

        assertThat(canBeBound(claim)).isTrue();
    }

    @Test
    void aFolderThatIsNotThereIsNamedAndNothingIsLeft() {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> network.attach(List.of(8080), missing))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll(missing.toString(), "No such file or directory");
    }

    @Test
    void aMkfifoThatCannotBeStartedIsNamed() {
        Path absent = folder.resolve("mkfifo");

        assertThatThrownBy(() -> new UserNetwork(new Tool(absent)).attach(List.of(8080), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll(absent.toString(), "cannot be started");
    }

    private static boolean canBeBound(InetSocketAddress address) {
        try (DatagramSocket socket = new DatagramSocket(address)) {
            return socket.isBound();
        } catch (IOException refused) {
            return false;
        }
    }

    private static void write(Attachment attachment, byte[] bytes) throws IOException {
        try (OutputStream qemu = Files.newOutputStream(((UserNic) attachment.nic()).capture())) {
            qemu.write(bytes);
        }
    }

    /** The recorded capture, as if its guest had had the hardware address {@code mac}. */
    private static byte[] captureOf(MacAddress mac) {
        byte[] capture = HexResource.read(UserNetworkTest.class, "qemu-user.pcap.hex");
        for (int record = FIRST_DHCP_RECORD, length; record < capture.length; record += 16 + length) {
            length = ByteBuffer.wrap(capture).order(ByteOrder.LITTLE_ENDIAN).getInt(record + 8);
            System.arraycopy(mac.toBytes(), 0, capture, record + 16 + CHADDR_IN_FRAME, 6);
        }
        return capture;
    }

    private static byte[] records(byte[] capture) {
        return Arrays.copyOfRange(capture, 24, capture.length);
    }
}
