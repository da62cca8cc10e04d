package dev.unikernel.network.dhcp;

import dev.unikernel.network.MacAddress;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A link whose datagrams go into a capture, in the frames in which they were, as far as a socket tells. */
final class CapturedLink implements LinkLog {

    private static final MacAddress ALL = new MacAddress(0xffff_ffff_ffffL);
    private static final MacAddress UNKNOWN = new MacAddress(0);

    private final Binding binding;
    private final DhcpCapture capture;
    private final MacAddress ours;

    CapturedLink(Binding binding, DhcpCapture capture) {
        this.binding = binding;
        this.capture = capture;
        this.ours = hardwareAddress(binding.server());
    }

    private static MacAddress hardwareAddress(Inet4Address address) {
        try {
            NetworkInterface device = NetworkInterface.getByInetAddress(address);
            byte[] bytes = device == null ? null : device.getHardwareAddress();
            return bytes == null || bytes.length != 6 ? UNKNOWN : MacAddress.fromBytes(bytes);
        } catch (SocketException unknown) {
            return UNKNOWN;
        }
    }

    @Override
    public void received(ByteBuffer payload, InetSocketAddress from, boolean broadcast) {
        InetSocketAddress to = new InetSocketAddress(
                broadcast ? DhcpAnswer.LIMITED_BROADCAST : binding.server(), DhcpMessage.SERVER_PORT);
        capture.add(UdpFrame.of(binding.mac(), broadcast ? ALL : ours, from, to, payload));
    }

    @Override
    public void sent(ByteBuffer payload, InetSocketAddress to) {
        InetSocketAddress from = new InetSocketAddress(binding.server(), DhcpMessage.SERVER_PORT);
        boolean broadcast = to.getAddress().equals(DhcpAnswer.LIMITED_BROADCAST);
        capture.add(UdpFrame.of(ours, broadcast ? ALL : binding.mac(), from, to, payload));
    }
}
