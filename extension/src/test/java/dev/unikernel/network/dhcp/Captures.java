package dev.unikernel.network.dhcp;

import dev.unikernel.network.HexResource;
import java.nio.ByteBuffer;
import java.util.List;

/** DHCP messages of real clients and servers, as hexadecimal text in this package's resources. */
final class Captures {

    static final List<String> NAMES = List.of(
            "dhclient-discover",
            "dhclient-request",
            "dhcpd-ack",
            "dhcpd-offer",
            "linux-discover",
            "linux-request",
            "lwip-discover",
            "qemu-ack",
            "qemu-offer",
            "udhcpc-discover",
            "udhcpc-options-discover",
            "udhcpc-options-request",
            "udhcpc-request");

    private Captures() {}

    static byte[] bytes(String name) {
        return HexResource.read(Captures.class, name + ".hex");
    }

    static DhcpMessage message(String name) {
        return DhcpMessage.parse(ByteBuffer.wrap(bytes(name)));
    }
}
