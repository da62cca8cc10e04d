package dev.unikernel.network.dhcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.Shell;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.Threads;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server against busybox' DHCP client, over pairs of virtual Ethernet devices. */
@OwnNamespace
class DhcpServerTest {

    private static final String CLIENT = "busybox udhcpc -f -q -n -t 5 -T 1 -s /bin/true -i ";

    private final DhcpServer server = new DhcpServer();

    @BeforeEach
    void clientIsThere() {
        assumeTrue(
                Files.isExecutable(Path.of("/bin/busybox")) || Files.isExecutable(Path.of("/usr/bin/busybox")),
                "SKIPPED: busybox, whose DHCP client is used, is not installed");
    }

    @Test
    void aClientGetsItsLease() {
        Binding binding = link(0);
        try (LinkServer.Served guest = server.serve(binding)) {
            assertThat(Shell.run(CLIENT + "guest0"))
                    .contains("lease of 198.18.0.2 obtained from 198.18.0.1, lease time 86400");

            assertThat(guest.leases().lease())
                    .contains(new Lease(
                            binding.mac(), Ipv4.parse("198.18.0.2"), Ipv4.parse("198.18.0.1"), Duration.ofDays(1)));
            assertThat(guest.leases().sightings())
                    .extracting(DhcpSighting::text)
                    .containsExactly(
                            "DISCOVER from " + binding.mac(),
                            "OFFER 198.18.0.2 from 198.18.0.1",
                            "REQUEST 198.18.0.2 from " + binding.mac(),
                            "ACK 198.18.0.2 from 198.18.0.1");
            assertThat(guest.leases().sightings())
                    .extracting(DhcpSighting::nanoTime)
                    .isSorted();
        }
    }

    @Test
    void threeClientsAtOnceGetEachItsOwnLease() throws Exception {
        List<LinkServer.Served> guests = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            guests.add(server.serve(link(index)));
        }
        List<Process> clients = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            clients.add(Shell.start(CLIENT + "guest" + index));
        }
        for (int index = 0; index < 3; index++) {
            assertThat(new String(clients.get(index).getInputStream().readAllBytes()))
                    .contains("lease of 198.18.0." + (4 * index + 2) + " obtained from 198.18.0." + (4 * index + 1));
            assertThat(guests.get(index).leases().lease().orElseThrow().mac()).isEqualTo(mac(index));
        }
        guests.forEach(LinkServer.Served::close);
    }

    @Test
    void anUnknownClientGetsNoAnswer() {
        link(1);
        try (LinkServer.Served guest = server.serve(link(0))) {
            assertThat(Shell.run("busybox udhcpc -f -q -n -t 2 -T 1 -A 1 -s /bin/true -i guest1 || true"))
                    .contains("no lease");
            assertThat(guest.leases().sightings()).isEmpty();
        }
    }

    @Test
    void anOfferIsRepeatedUntilTheGuestGoesOn() throws IOException {
        Binding binding = guestOf(0);
        // A tap without a VMM, on which everything is lost; what is heard is the copy that the kernel keeps of a
        // broadcast.
        Shell.run("""
                ip tuntap add dev host0 mode tap
                ip address add 198.18.0.1/30 dev host0
                ip link set host0 up
                """);
        try (LinkServer.Served guest = server.serve(binding);
                DatagramSocket ear = new DatagramSocket(68);
                DatagramSocket mouth = new DatagramSocket(new InetSocketAddress("198.18.0.1", 0))) {
            ear.setSoTimeout(1_000);
            say(mouth, Type.DISCOVER, binding);
            for (int count = 0; count < 4; count++) {
                assertThat(hear(ear)).isEqualTo(Type.OFFER);
            }

            say(mouth, Type.REQUEST, binding);

            await().until(() -> hear(ear) == Type.ACK);
            assertThatThrownBy(() -> hear(ear)).isInstanceOf(SocketTimeoutException.class);
            assertThat(guest.leases().sightings())
                    .extracting(DhcpSighting::type)
                    .containsExactly(Type.DISCOVER, Type.OFFER, Type.REQUEST, Type.ACK);
        }
    }

    private static void say(DatagramSocket mouth, Type type, Binding binding) throws IOException {
        DhcpMessage message = new DhcpMessage(
                DhcpMessage.Op.REQUEST,
                7,
                true,
                DhcpMessage.NO_ADDRESS,
                DhcpMessage.NO_ADDRESS,
                DhcpMessage.NO_ADDRESS,
                DhcpMessage.NO_ADDRESS,
                binding.mac(),
                List.of(
                        new DhcpOption.MessageType(type),
                        new DhcpOption.Address(DhcpOption.REQUESTED_ADDRESS, binding.address())));
        byte[] bytes = message.toBytes();
        mouth.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress("255.255.255.255", 67)));
    }

    private static Type hear(DatagramSocket ear) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1_500], 1_500);
        ear.receive(packet);
        return DhcpMessage.parse(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()))
                .type();
    }

    @Test
    void aRenewalIsSeenAndAcknowledged(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), """
                #!/bin/sh
                [ "$1" = bound ] && ip address add "$ip/$mask" dev "$interface"
                exit 0
                """);
        Shell.run("chmod +x " + script);
        try (LinkServer.Served guest = server.serve(link(0))) {
            // The client has to be in another namespace: here its unicast would be taken for a packet from ourselves.
            Process client = new ProcessBuilder(
                            "unshare",
                            "--net",
                            "sh",
                            "-c",
                            "until ip link show guest0; do sleep 0.05; done; ip link set guest0 up;"
                                    + " exec busybox udhcpc -f -n -i guest0 -s " + script)
                    .redirectOutput(folder.resolve("client.log").toFile())
                    .redirectErrorStream(true)
                    .start();
            try {
                Path namespace = Path.of("/proc/" + client.pid() + "/ns/net");
                Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
                await().atMost(10, SECONDS)
                        .until(() -> !Files.readSymbolicLink(namespace).equals(ours));
                Shell.run("ip link set guest0 netns " + client.pid());
                await().atMost(10, SECONDS).until(() -> guest.leases().lease().isPresent());
                await().atMost(10, SECONDS).until(() -> Files.readString(folder.resolve("client.log"))
                        .contains("lease of 198.18.0.2 obtained"));

                Shell.run("kill -USR1 " + client.pid());

                await().atMost(10, SECONDS).untilAsserted(() -> assertThat(
                                guest.leases().sightings())
                        .extracting(DhcpSighting::type)
                        .containsExactly(Type.DISCOVER, Type.OFFER, Type.REQUEST, Type.ACK, Type.REQUEST, Type.ACK));
                await().atMost(10, SECONDS)
                        .until(() -> Files.readString(folder.resolve("client.log"))
                                        .lines()
                                        .filter(line -> line.contains("lease of 198.18.0.2 obtained"))
                                        .count()
                                == 2);
            } finally {
                client.destroy();
                client.waitFor();
            }
        }
    }

    @Test
    void anAddressThatIsInUseIsDeclinedAndThatIsTold() {
        Binding binding = link(0);
        // Our end answers ARP for the guest's address.
        Shell.run("ip address add 198.18.0.2/32 dev host0");
        Process client = Shell.start("exec busybox udhcpc -f -q -a100 -s /bin/true -i guest0");
        try (LinkServer.Served guest = server.serve(binding)) {
            await().atMost(20, SECONDS)
                    .untilAsserted(() -> assertThat(guest.leases().sightings())
                            .extracting(DhcpSighting::type)
                            .contains(Type.DECLINE));
            // It begins anew after a while, and would for ever.
            client.destroy();
            assertThat(guest.leases().lease()).isEmpty();
            assertThat(guest.leases().nextStep().orElseThrow())
                    .startsWith("The guest declined 198.18.0.2 (DECLINE), because something on its link answers");
        }
    }

    @Test
    void anAddressThatIsGivenBackIsNoLeaseAnyMore() throws IOException {
        Binding binding = link(0);
        try (LinkServer.Served guest = server.serve(binding);
                DatagramSocket mouth = new DatagramSocket(new InetSocketAddress("198.18.0.1", 0))) {
            Shell.run(CLIENT + "guest0");
            assertThat(guest.leases().lease()).isPresent();

            byte[] release = message(Type.RELEASE, binding.address(), DhcpMessage.NO_ADDRESS, binding.mac())
                    .toBytes();
            mouth.send(new DatagramPacket(release, release.length, new InetSocketAddress("198.18.0.1", 67)));

            await().atMost(10, SECONDS).until(() -> guest.leases().lease().isEmpty());
            assertThat(guest.leases().nextStep()).hasValueSatisfying(text -> assertThat(text)
                    .startsWith("The guest gave 198.18.0.2 back (RELEASE)"));
        }
    }

    @Test
    void aRelayOnTheLinkIsAnsweredAtPort67() throws IOException {
        Subnet subnet = Subnet.parse("198.18.0.0/24");
        Shell.run("""
                ip link add host0 type veth peer name guest0
                ip address add 198.18.0.1/24 dev host0
                ip address add 198.18.0.9/32 dev lo
                ip link set host0 up
                ip link set guest0 up
                """);
        Binding binding = new Binding(mac(0), subnet.host(2), subnet.host(1), subnet, Duration.ofDays(1));
        try (LinkServer.Served guest = server.serve(binding);
                DatagramSocket relay = new DatagramSocket(null)) {
            relay.setReuseAddress(true);
            relay.bind(new InetSocketAddress("198.18.0.9", 67));
            relay.setSoTimeout(10_000);
            byte[] discover = message(Type.DISCOVER, DhcpMessage.NO_ADDRESS, subnet.host(9), binding.mac())
                    .toBytes();
            relay.send(new DatagramPacket(discover, discover.length, new InetSocketAddress("198.18.0.1", 67)));

            assertThat(hear(relay)).isEqualTo(Type.OFFER);
            await().atMost(10, SECONDS).until(() -> guest.leases().sightings().size() == 2);
        }
    }

    @Test
    void nobodySpeaksForAnotherGuestByUnicast() throws IOException {
        Binding first = link(0);
        Binding second = link(1);
        try (LinkServer.Served victim = server.serve(first);
                LinkServer.Served other = server.serve(second);
                DatagramSocket mouth = new DatagramSocket(new InetSocketAddress("198.18.0.1", 0))) {
            for (Binding guest : List.of(first, second)) {
                byte[] release = message(Type.RELEASE, first.address(), DhcpMessage.NO_ADDRESS, guest.mac())
                        .toBytes();
                mouth.send(new DatagramPacket(release, release.length, new InetSocketAddress("198.18.0.5", 67)));
            }

            await().atMost(10, SECONDS).until(() -> !other.leases().sightings().isEmpty());
            assertThat(victim.leases().sightings()).isEmpty();
        }
    }

    @Test
    void aMessageThatIsNotUnderstoodIsToldWithTheFailure() throws IOException {
        Binding binding = link(0);
        try (LinkServer.Served guest = server.serve(binding);
                DatagramSocket mouth = new DatagramSocket(new InetSocketAddress("198.18.0.1", 0))) {
            byte[] broken = message(Type.DISCOVER, DhcpMessage.NO_ADDRESS, DhcpMessage.NO_ADDRESS, binding.mac())
                    .toBytes();
            broken[241] = 2;
            mouth.send(new DatagramPacket(broken, broken.length, new InetSocketAddress("198.18.0.1", 67)));

            await().atMost(10, SECONDS).until(() -> guest.leases().nextStep().isPresent());
            assertThat(guest.leases().nextStep().orElseThrow())
                    .contains("was not understood: DHCP option 53 at offset 242 must have 1 byte, but has 2");
        }
    }

    @Test
    void whatIsSaidIsKeptAsAFileThatTcpdumpReads(@TempDir Path folder) {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/tcpdump")),
                "SKIPPED: tcpdump, which reads the file of DHCP messages, is not installed");
        Binding binding = link(0);
        try (DhcpCapture capture = new DhcpCapture();
                LinkServer.Served guest = server.serve(binding, "host0", folder, capture)) {
            capture.writeBeside(folder.resolve("serial.log"));
            Shell.run(CLIENT + "guest0");

            String said = Shell.run("tcpdump -n -e -vv -r " + folder.resolve("dhcp.pcap") + " 2>&1");
            assertThat(said)
                    .contains(
                            binding.mac() + " > ff:ff:ff:ff:ff:ff, ethertype IPv4",
                            "0.0.0.0.68 > 255.255.255.255.67: [udp sum ok] BOOTP/DHCP, Request from " + binding.mac(),
                            "198.18.0.1.67 > 255.255.255.255.68: [udp sum ok] BOOTP/DHCP, Reply",
                            "DHCP-Message (53), length 1: Discover",
                            "DHCP-Message (53), length 1: Offer",
                            "DHCP-Message (53), length 1: Request",
                            "DHCP-Message (53), length 1: ACK",
                            "Your-IP 198.18.0.2",
                            "RN (58), length 4: 43200",
                            "RB (59), length 4: 75600")
                    .doesNotContain("bad", "wrong", "truncated", "00:00:00:00:00:00 >");
            assertThat(guest.leases().lease()).isPresent();
        }
    }

    private static DhcpMessage message(Type type, Inet4Address ciaddr, Inet4Address giaddr, MacAddress mac) {
        return new DhcpMessage(
                DhcpMessage.Op.REQUEST,
                7,
                false,
                ciaddr,
                DhcpMessage.NO_ADDRESS,
                DhcpMessage.NO_ADDRESS,
                giaddr,
                mac,
                List.of(new DhcpOption.MessageType(type)));
    }

    @Test
    void portAndThreadAreGivenBackWithTheLastGuest() throws IOException {
        LinkServer.Served first = server.serve(link(0));
        LinkServer.Served second = server.serve(link(1));
        first.close();
        first.close();
        assertThat(Threads.ours()).containsExactly("unikernel-dhcp");
        assertThatThrownBy(this::exclusivePort67).isInstanceOf(IOException.class);

        second.close();

        assertThat(Threads.ours()).isEmpty();
        exclusivePort67();
    }

    @Test
    void theServerCanBeUsedAgainAfterItsLastGuest() {
        for (int round = 0; round < 3; round++) {
            try (LinkServer.Served guest = server.serve(link(round))) {
                assertThat(Shell.run(CLIENT + "guest" + round)).contains("obtained");
                assertThat(guest.leases().lease()).isPresent();
            }
        }
        assertThat(Threads.ours()).isEmpty();
    }

    @Test
    void aServerThatSharesThePortIsNotInTheWay() {
        DhcpServer another = new DhcpServer();
        try (LinkServer.Served theirs = another.serve(link(1));
                LinkServer.Served ours = server.serve(link(0))) {
            Shell.run(CLIENT + "guest0");
            Shell.run(CLIENT + "guest1");
            assertThat(ours.leases().lease().orElseThrow().address()).isEqualTo(Ipv4.parse("198.18.0.2"));
            assertThat(theirs.leases().lease().orElseThrow().address()).isEqualTo(Ipv4.parse("198.18.0.6"));
        }
    }

    @Test
    void aServerThatDoesNotShareThePortIsNamed() throws IOException {
        Binding binding = link(0);
        try (DatagramSocket theirs = new DatagramSocket(null)) {
            theirs.setReuseAddress(false);
            theirs.bind(new InetSocketAddress(67));

            assertThatThrownBy(() -> server.serve(binding))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContainingAll(
                            "UDP port 67 is held by",
                            "(pid " + ProcessHandle.current().pid() + ")",
                            "does not share it",
                            "in a network namespace of their own");
        }
        assertThat(Threads.ours()).isEmpty();
        server.serve(binding).close();
    }

    @Test
    void anAddressThatNoInterfaceHasIsRefusedAndLeavesNothing() throws IOException {
        Subnet nowhere = Subnet.parse("198.19.0.0/30");
        Binding binding = new Binding(mac(0), nowhere.host(2), nowhere.host(1), nowhere, Duration.ofDays(1));

        assertThatThrownBy(() -> server.serve(binding))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("198.19.0.1:67", "no interface of this network namespace has that address");
        assertThat(Threads.ours()).isEmpty();
        exclusivePort67();
    }

    @Test
    void twoGuestsOfOneHardwareAddressAreRefused() {
        try (LinkServer.Served guest = server.serve(link(0))) {
            assertThatThrownBy(() -> server.serve(guestOf(0)))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("two guests have the hardware address " + mac(0));
            Shell.run(CLIENT + "guest0");
            assertThat(guest.leases().lease()).isPresent();
        }
    }

    /** Makes a pair of devices: {@code host<index>} has our address, {@code guest<index>} is for the client. */
    private static Binding link(int index) {
        Binding binding = guestOf(index);
        Shell.run("""
                ip link add host%1$d type veth peer name guest%1$d address %2$s
                ip address add %3$s/30 dev host%1$d
                ip link set host%1$d up
                ip link set guest%1$d up
                """.formatted(index, binding.mac(), binding.server().getHostAddress()));
        return binding;
    }

    private static Binding guestOf(int index) {
        Subnet subnet = Subnet.around(Ipv4.of(Ipv4.bits(Ipv4.parse("198.18.0.0")) + 4 * index), 30);
        return new Binding(mac(index), subnet.host(2), subnet.host(1), subnet, Duration.ofDays(1));
    }

    private static MacAddress mac(int index) {
        return new MacAddress(0x02_00_00_00_00_01L + index);
    }

    private void exclusivePort67() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(67));
        }
    }
}
