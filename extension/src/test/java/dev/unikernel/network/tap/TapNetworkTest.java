package dev.unikernel.network.tap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.DhcpSighting.Type;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.OwnNamespace;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import dev.unikernel.network.Shell;
import dev.unikernel.network.TapGuard;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.Threads;
import dev.unikernel.network.Tool;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OwnNamespace
class TapNetworkTest {

    private static final SegmentKey LAN = new SegmentKey("an owner", "lan");

    private final RecordingGuard guard = new RecordingGuard();
    private final TapNetwork network = new TapNetwork(guard);

    @TempDir
    Path folder;

    @Test
    void theTapIsThereWhenAttachReturns() throws IOException {
        try (Attachment attachment = network.attach(List.of(8080), folder)) {
            assertThat(attachment.nic()).isInstanceOf(TapNic.class);
            assertThat(Shell.run("ip -4 -oneline address show")).contains("uk0000    inet 198.18.0.1/30");
            assertThat(Shell.run("ip -oneline link show uk0000")).contains(",UP");
            assertThat(Path.of("/proc/sys/net/ipv4/neigh/uk0000/retrans_time_ms"))
                    .hasContent("20");
            assertThat(attachment.describe()).isEqualTo("tap uk0000, 198.18.0.0/30");
            assertThat(attachment.acceptsBeforeGuest()).isFalse();
            assertThat(attachment.leases().lease()).isEmpty();
            assertThat(network.mode()).isEqualTo(NetworkMode.TAP);
            assertThat(guard.guarded).containsExactly("uk0000");
            assertThat(guard.made)
                    .containsExactly(NetworkInterface.getByName("uk0000").getIndex());
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void closingTakesEverythingAway() {
        Attachment first = network.attach(List.of(), folder);
        Attachment second = network.attach(List.of(), folder);

        first.close();
        first.close();
        awaitTaps("uk0001");
        second.close();

        awaitTaps();
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(Threads.ours()).isEmpty());
        assertThat(guard.guarded).isEmpty();
    }

    @Test
    void guestsBehindThreeTapsGetTheirLeases() throws Exception {
        assumeTrue(hasQemu(), "SKIPPED: qemu-system-x86_64, which plays the guests' network cards, is not installed");
        List<Attachment> attachments = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            attachments.add(network.attach(List.of(8080), folder));
        }
        Process cards = plugIn(attachments);
        List<Process> clients = IntStream.range(0, 3)
                .mapToObj(index -> Shell.start("busybox udhcpc -f -q -n -s /bin/true -i guest" + index))
                .toList();
        for (int index = 0; index < 3; index++) {
            assertThat(new String(clients.get(index).getInputStream().readAllBytes(), UTF_8))
                    .contains("lease of 198.18.0." + (4 * index + 2) + " obtained from 198.18.0." + (4 * index + 1));
            Attachment attachment = attachments.get(index);
            Lease lease = attachment.leases().lease().orElseThrow();
            assertThat(lease.mac()).isEqualTo(attachment.nic().mac());
            assertThat(attachment.reachableAt(lease)).isEqualTo(lease.address());
            assertThat(attachment.leases().sightings())
                    .extracting(sighting -> sighting.type())
                    .containsExactly(Type.DISCOVER, Type.OFFER, Type.REQUEST, Type.ACK);
        }

        attachments.forEach(Attachment::close);

        awaitTaps();
        cards.destroy();
        cards.waitFor();
    }

    @Test
    void aNameThatIsTakenIsLeftToItsOwnerAndTheNextIsUsed() {
        Shell.run("ip tuntap add dev uk0000 mode tap; ip tuntap add dev uk0001 mode tap");
        try (Attachment attachment = network.attach(List.of(), folder)) {
            assertThat(attachment.describe()).isEqualTo("tap uk0002, 198.18.0.8/30");
            assertThat(guard.guarded).containsExactly("uk0002");
        }
        awaitTaps("uk0000", "uk0001");
    }

    @Test
    void addressesThatAreInUseAreAvoided() {
        Shell.run("""
                ip tuntap add dev theirs mode tap
                ip address add 198.18.0.1/32 dev lo
                ip address add 198.18.0.5/30 dev theirs
                ip link set theirs up
                ip route add 198.18.0.8/29 dev theirs
                """);
        try (Attachment attachment = network.attach(List.of(), folder)) {
            assertThat(attachment.describe()).isEqualTo("tap uk0004, 198.18.0.16/30");
        }
    }

    @Test
    void twoJvmsInOneNamespaceDoNotMeet() throws Exception {
        TapNetwork another = new TapNetwork(new LinkPool(), IpCommand.find(), TapGuard.NONE);
        TapNetwork yetAnother = new TapNetwork(new LinkPool(), IpCommand.find(), TapGuard.NONE);
        List<TapAttachment> attachments = IntStream.range(0, 20)
                .parallel()
                .mapToObj(count -> (count % 2 == 0 ? another : yetAnother).attach(List.of(), folder))
                .toList();

        assertThat(attachments).extracting(Attachment::describe).doesNotHaveDuplicates();
        assertThat(taps()).hasSize(20);

        attachments.forEach(Attachment::close);
        awaitTaps();
    }

    @Test
    void aJvmThatEndsRightAfterCloseLeavesNoTap() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AttachCloseAndHalt.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(jvm.getInputStream().readAllBytes(), UTF_8);

        assertThat(jvm.waitFor()).as(output).isEqualTo(3);
        assertThat(output).contains("tap uk0000");
        awaitTaps();
    }

    @Test
    void withoutThePrivilegeTheWrapperIsNamed() throws IOException {
        TapNetwork powerless = withIp("exec setpriv --bounding-set=-all --inh-caps=-all ip \"$@\"");

        assertThatThrownBy(() -> powerless.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll(
                        "tap uk0000 could not be made",
                        "CAP_NET_ADMIN",
                        "Operation not permitted",
                        "network namespace of its own",
                        "unikernel.network=user");
        assertNothingIsLeft();
    }

    @Test
    void withoutTheTunDeviceItsModuleIsNamed() throws IOException {
        TapNetwork bare = withIp("exec unshare --mount sh -c 'mount -t tmpfs none /dev/net; exec ip \"$@\"' sh \"$@\"");

        assertThatThrownBy(() -> bare.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("/dev/net/tun does not exist", "modprobe tun", "--device /dev/net/tun");
        assertNothingIsLeft();
    }

    @Test
    void aTunDeviceThatIsForbiddenIsNamed() throws IOException {
        TapNetwork forbidden = withIp("echo 'open: Permission denied'; echo 'Command failed -:1'; exit 1");

        assertThatThrownBy(() -> forbidden.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("/dev/net/tun may not be opened", "chmod 666");
        assertNothingIsLeft();
    }

    @Test
    void aTapThatCannotBeConfiguredIsDeletedAgain() throws IOException {
        TapNetwork halfway = withIp("""
                case $1 in
                  -batch) sed '/^address/s/dev.*/dev nowhere/' | ip "$@" ;;
                  *) exec ip "$@" ;;
                esac
                """);

        assertThatThrownBy(() -> halfway.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("tap uk0000 could not be made", "Cannot find device", "Command failed -:2");
        assertThat(guard.everGuarded).containsExactly("uk0000");
        assertNothingIsLeft();
    }

    @Test
    void anIpThatIsNotIproutesIsQuoted() throws IOException {
        TapNetwork foreign = withIp("echo \"ip: unrecognized option: batch\" >&2; exit 1");

        assertThatThrownBy(() -> foreign.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("ip: unrecognized option: batch", "iproute2");
        assertNothingIsLeft();
    }

    @Test
    void anIpThatCannotBeStartedIsNamed() throws IOException {
        Path broken = Files.writeString(folder.resolve("ip"), "");
        TapNetwork unstartable = new TapNetwork(new LinkPool(), new IpCommand(new Tool(broken)), guard);

        assertThatThrownBy(() -> unstartable.attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll(broken.toString(), "cannot be started");
        assertNothingIsLeft();
    }

    @Test
    void noTapIsLeftWherePort67CannotBeHad() throws IOException {
        try (DatagramSocket theirs = new DatagramSocket(null)) {
            theirs.setReuseAddress(false);
            theirs.bind(new InetSocketAddress(67));

            assertThatThrownBy(() -> network.attach(List.of(), folder))
                    .isInstanceOf(NetworkException.class)
                    .hasMessageContaining("UDP port 67 is held by");
        }
        assertNothingIsLeft();
    }

    @Test
    void aThreadThatIsInterruptedStillGetsItsTapAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        try (Attachment attachment = network.attach(List.of(), folder)) {
            assertThat(Thread.interrupted()).isTrue();
            assertThat(attachment.describe()).isEqualTo("tap uk0000, 198.18.0.0/30");
        }
    }

    @Test
    void guestsOfASegmentHaveABridgeWithTheirAddressesAndNoOtherGuestIsReached() throws IOException {
        // As it is from the start on a machine with Docker.
        Shell.run("echo 1 > /proc/sys/net/ipv4/ip_forward");
        try (SegmentPlace web = network.join(LAN, "web");
                SegmentPlace db = network.join(LAN, "db");
                Attachment webs = web.attach(List.of(), folder);
                Attachment dbs = db.attach(List.of(), folder);
                Attachment alone = network.attach(List.of(), folder)) {
            assertThat(webs.describe()).isEqualTo("tap uk0000 on bridge ukb0000, 198.19.0.0/27");
            assertThat(dbs.describe()).isEqualTo("tap uk0001 on bridge ukb0000, 198.19.0.0/27");
            assertThat(alone.describe()).isEqualTo("tap uk0002, 198.18.0.8/30");
            assertThat(web.addressOf("db")).isEqualTo(Ipv4.parse("198.19.0.3"));
            assertThat(webs.nic().mac()).hasToString("02:75:6b:80:00:02");
            assertThat(dbs.nic().mac()).hasToString("02:75:6b:80:00:03");
            assertThat(Shell.run("ip -oneline link show master ukb0000"))
                    .contains("uk0000", "uk0001")
                    .doesNotContain("uk0002");
            assertThat(Shell.run("ip -4 -oneline address show")).contains("ukb0000    inet 198.19.0.1/27");
            assertThat(Shell.run("ip -details link show ukb0000")).contains("02:75:6b:80:00:01", "forward_delay 0 ");
            assertThat(Path.of("/proc/sys/net/ipv4/conf/ukb0000/forwarding")).hasContent("0");
            assertThat(Path.of("/proc/sys/net/ipv4/conf/uk0002/forwarding")).hasContent("0");
            assertThat(guard.guarded).contains("ukb0000", "uk0000", "uk0001");
        }
        assertNothingIsLeft();
    }

    @Test
    void guestsThatMayReachOutAreLetOutByRulesOfTheirOwnAndNobodyElseIs() {
        // As namespaces have it from the start where the machine does.
        Shell.run("echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 1 > /proc/sys/net/ipv4/ip_forward");
        Shell.run("ip tuntap add dev slirp0 mode tap");
        TapNetwork outbound = network.through("slirp0");
        try (Attachment kept = network.attach(List.of(), folder);
                SegmentPlace web = outbound.join(LAN, "web");
                SegmentPlace db = network.join(LAN, "db");
                Attachment dbs = db.attach(List.of(), folder)) {
            try (Attachment out = outbound.attach(List.of(), folder);
                    Attachment webs = web.attach(List.of(), folder)) {
                assertThat(rules())
                        .containsExactly(
                                "0: from all lookup local",
                                "1001: from all iif lo lookup main",
                                "1002: from all iif slirp0 lookup main",
                                "1003: from all to 198.18.0.0/15 unreachable",
                                "1004: from 198.18.0.10 iif uk0002 lookup main",
                                "1004: from 198.19.0.2 iif ukb0000 lookup main",
                                "1005: from all unreachable",
                                "32766: from all lookup main",
                                "32767: from all lookup default");
                for (String device : List.of("slirp0", "uk0002", "ukb0000")) {
                    assertThat(conf(device, "forwarding")).as(device).isEqualTo("1");
                }
                assertThat(conf("uk0000", "forwarding")).isEqualTo("0");
                assertThat(conf("uk0000", "rp_filter")).isEqualTo(conf("default", "rp_filter"));
                assertThat(conf("uk0002", "rp_filter")).isEqualTo("1");
                assertThat(conf("ukb0000", "rp_filter")).isEqualTo("1");
                assertThat(Shell.run("ip route get 203.0.113.1 from 198.18.0.10 iif uk0002"))
                        .contains("via 10.0.2.2 dev slirp0");
                assertThat(Shell.run("ip route get 198.18.0.10 from 203.0.113.1 iif slirp0"))
                        .contains("dev uk0002");
                for (String refused : List.of(
                        "198.18.0.2 from 198.18.0.10 iif uk0002", // another guest
                        "203.0.113.1 from 198.18.0.2 iif uk0002", // with another guest's address
                        "203.0.113.1 from 198.18.0.2 iif uk0000",
                        "203.0.113.1 from 198.19.0.3 iif ukb0000")) {
                    Shell.run("! ip route get " + refused);
                }
                assertThat(webs.describe()).isEqualTo(dbs.describe().replace("uk0001", "uk0003"));
            }
            assertThat(rules()).noneMatch(rule -> rule.startsWith("1004:"));
        }
    }

    @Test
    void thereIsNoWayOutOfTheModeTapAndTheModesThatHaveOneAreNamed() {
        assertThat(network.whyNoOutbound().orElseThrow())
                .isEqualTo("the network mode 'tap' lets guests reach nothing but this host. Next: use the network mode"
                        + " 'namespace' with slirp4netns (unikernel.network=namespace), or QEMU and its network"
                        + " (unikernel.hypervisor=qemu, unikernel.network=user)");
        assertThatThrownBy(network::outbound)
                .isInstanceOf(NetworkException.class)
                .hasMessageStartingWith("guests cannot reach anything beyond this host: the network mode 'tap' lets");
    }

    /** The device goes when whoever is behind it ends. */
    @Test
    void anotherWayOutTakesThePlaceOfOneThatIsGone() {
        Shell.run("ip tuntap add dev slirp0 mode tap");
        try (Attachment first = network.through("slirp0").attach(List.of(), folder)) {
            Shell.run("ip link delete slirp0; ip tuntap add dev slirp1 mode tap");
            try (Attachment second = network.through("slirp1").attach(List.of(), folder)) {
                assertThat(first.describe()).isNotEqualTo(second.describe());
                for (String guest : List.of("198.18.0.2 iif uk0000", "198.18.0.6 iif uk0001")) {
                    assertThat(Shell.run("ip route get 203.0.113.1 from " + guest))
                            .contains("via 10.0.2.2 dev slirp1");
                }
            }
        }
    }

    /** One that comes back has the address of the one before, which may not have been released to the end. */
    @Test
    void aGuestThatComesBackIsLetOutAlsoWhileTheOneBeforeIsReleased() {
        Shell.run("ip tuntap add dev slirp0 mode tap; ip tuntap add dev uk0000 mode tap");
        Uplink uplink = new Uplink(IpCommand.find());
        Uplink.Exit before = uplink.open(LinkPool.link(0), "slirp0");
        Uplink.Exit after = uplink.open(LinkPool.link(0), "slirp0");
        before.close();
        before.close();
        assertThat(rules()).contains("1004: from 198.18.0.2 iif uk0000 lookup main");
        after.close();
        assertThat(rules()).noneMatch(rule -> rule.startsWith("1004:"));
    }

    @Test
    void aWayOutThatIsNotThereIsToldAndNothingIsLeft() {
        assertThatThrownBy(() -> network.through("slirp0").attach(List.of(), folder))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("guests cannot be let out: ", "slirp0");
        awaitTaps();
        assertThat(guard.guarded).isEmpty();
        Shell.run("ip tuntap add dev slirp0 mode tap");
        network.through("slirp0").attach(List.of(), folder).close();
    }

    private static List<String> rules() {
        return Shell.run("ip rule")
                .lines()
                .map(rule -> rule.replaceAll("\\s+", " ").trim())
                .toList();
    }

    private static String conf(String device, String name) {
        return Shell.run("cat /proc/sys/net/ipv4/conf/" + device + "/" + name).trim();
    }

    @Test
    void aSegmentIsThereUntilItsLastGuestHasLeft() {
        SegmentPlace web = network.join(LAN, "web");
        SegmentPlace db = network.join(LAN, "db");
        web.close();
        web.close();
        assertThat(taps()).containsExactly("ukb0000");
        db.close();
        awaitTaps();

        try (SegmentPlace again = network.join(LAN, "web")) {
            assertThat(again.addressOf("web")).isEqualTo(Ipv4.parse("198.19.0.34"));
        }
        assertNothingIsLeft();
    }

    @Test
    void segmentsThatAreTakenAreLeftToTheirOwners() {
        Shell.run("""
                ip link add name ukb0000 type bridge
                ip link add name theirs type bridge
                ip address add 198.19.0.33/29 dev theirs
                """);
        try (SegmentPlace place = network.join(LAN, "web")) {
            assertThat(place.addressOf("web")).isEqualTo(Ipv4.parse("198.19.0.66"));
        }
        awaitTaps("ukb0000");
    }

    @Test
    void aKernelWithoutBridgesIsToldOf() throws IOException {
        TapNetwork bare = withIp("echo 'Error: Unknown device type.'; echo 'Command failed -:1'; exit 1");

        assertThatThrownBy(() -> bare.join(LAN, "web"))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll(
                        "bridge ukb0000, on which VMs reach each other, could not be made",
                        "Error: Unknown device type.",
                        "modprobe bridge");
        assertNothingIsLeft();
    }

    private TapNetwork withIp(String script) throws IOException {
        Path ip = Files.writeString(folder.resolve("ip"), "#!/bin/sh\n" + script + "\n");
        Shell.run("chmod +x " + ip);
        return new TapNetwork(new LinkPool(), new IpCommand(new Tool(ip)), guard);
    }

    /** Connects each tap, as a VMM would, with a device {@code guestN} that has the guest's hardware address. */
    private Process plugIn(List<Attachment> attachments) {
        StringBuilder command =
                new StringBuilder("exec qemu-system-x86_64 -M none -nodefaults -display none -monitor none");
        for (int index = 0; index < attachments.size(); index++) {
            TapNic nic = (TapNic) attachments.get(index).nic();
            Shell.run("ip tuntap add dev guest%1$d mode tap; ip link set guest%1$d address %2$s up"
                    .formatted(index, nic.mac()));
            command.append((" -netdev tap,id=a%1$d,ifname=%2$s,script=no,downscript=no"
                            + " -netdev tap,id=b%1$d,ifname=guest%1$d,script=no,downscript=no"
                            + " -netdev hubport,id=c%1$d,hubid=%1$d,netdev=a%1$d"
                            + " -netdev hubport,id=d%1$d,hubid=%1$d,netdev=b%1$d")
                    .formatted(index, nic.tap()));
        }
        return Shell.start(command.toString());
    }

    private static boolean hasQemu() {
        return Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64"));
    }

    private void assertNothingIsLeft() {
        awaitTaps();
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(Threads.ours()).isEmpty());
        assertThat(guard.guarded).isEmpty();
    }

    private static void awaitTaps(String... names) {
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(taps()).containsExactly(names));
    }

    private static List<String> taps() {
        return Shell.run("ip -oneline link show")
                .lines()
                .map(line -> line.split(": ")[1])
                .filter(name -> name.startsWith("uk"))
                .sorted()
                .toList();
    }
}
