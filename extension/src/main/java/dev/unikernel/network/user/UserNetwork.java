package dev.unikernel.network.user;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Tool;
import dev.unikernel.network.UserNic;
import dev.unikernel.network.dhcp.DhcpCapture;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Each guest behind QEMU's own network stack, which assigns the guest's address by DHCP and forwards ports of an address
 * 127.77.x.y to it. A guest reaches nothing by itself, unless that is asked for. Needs no privilege and no device.
 */
public final class UserNetwork implements GuestNetwork {

    /** Locally administered, then "uk"; the rest is that of the forward address. */
    private static final long MAC_BASE = 0x02_75_6b_4d_00_00L;

    private final Tool mkfifo;
    private final boolean capturing;
    private final boolean outbound;

    /** @throws NetworkException if there is no program {@code mkfifo} */
    public UserNetwork() {
        this(Tool.find("mkfifo")
                .orElseThrow(
                        () -> new NetworkException("the program 'mkfifo', which makes a pipe for QEMU's capture, is"
                                + " in none of " + Tool.path() + ". Install coreutils")));
    }

    UserNetwork(Tool mkfifo) {
        this(mkfifo, false, false);
    }

    private UserNetwork(Tool mkfifo, boolean capturing, boolean outbound) {
        this.mkfifo = mkfifo;
        this.capturing = capturing;
        this.outbound = outbound;
    }

    @Override
    public NetworkMode mode() {
        return NetworkMode.USER;
    }

    @Override
    public GuestNetwork capturing() {
        return new UserNetwork(mkfifo, true, outbound);
    }

    @Override
    public Optional<String> whyNoOutbound() {
        return Optional.empty();
    }

    /** {@inheritDoc} QEMU connects for them. */
    @Override
    public GuestNetwork outbound() {
        return new UserNetwork(mkfifo, capturing, true);
    }

    @Override
    public Attachment attach(List<Integer> ports, Path folder) {
        ForwardAddress forward = ForwardAddress.claim(ports);
        try {
            MacAddress mac = new MacAddress(MAC_BASE | (Ipv4.bits(forward.address()) & 0xffff));
            DhcpCapture kept = capturing ? new DhcpCapture() : DhcpCapture.none();
            Capture capture = Capture.start(mkfifo, folder.resolve("network.pcap"), mac, kept);
            return new UserAttachment(
                    forward, capture, new UserNic(mac, forward.address(), ports, capture.pipe(), outbound));
        } catch (NetworkException refused) {
            forward.close();
            throw refused;
        }
    }
}
