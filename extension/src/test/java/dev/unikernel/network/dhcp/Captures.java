package dev.unikernel.network.dhcp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** DHCP messages of real clients and servers, as hexadecimal text in this package's resources. */
final class Captures {

    static final List<String> NAMES = List.of(
            "dhclient-discover",
            "dhclient-request",
            "dhcpd-ack",
            "dhcpd-offer",
            "lwip-discover",
            "qemu-ack",
            "qemu-offer",
            "udhcpc-discover",
            "udhcpc-options-discover",
            "udhcpc-options-request",
            "udhcpc-request");

    private Captures() {}

    static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Captures.class.getResourceAsStream(name + ".hex"), name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of()
                    .parseHex(text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static DhcpMessage message(String name) {
        return DhcpMessage.parse(ByteBuffer.wrap(bytes(name)));
    }
}
