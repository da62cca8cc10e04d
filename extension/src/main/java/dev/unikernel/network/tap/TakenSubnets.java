package dev.unikernel.network.tap;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The subnets that this network namespace uses already, as addresses of interfaces or as routes. */
final class TakenSubnets {

    private static final Path ROUTES = Path.of("/proc/net/route");
    private static final int DESTINATION = 1;
    private static final int MASK = 7;

    private TakenSubnets() {}

    static List<Subnet> now() {
        try {
            List<Subnet> taken = new ArrayList<>(routes(Files.readAllLines(ROUTES)));
            NetworkInterface.networkInterfaces()
                    .flatMap(each -> each.getInterfaceAddresses().stream())
                    .forEach(each -> {
                        if (each.getAddress() instanceof Inet4Address address) {
                            taken.add(Subnet.around(address, takenBy(each.getNetworkPrefixLength())));
                        }
                    });
            return taken;
        } catch (SocketException none) {
            throw new NetworkException("this network namespace's interfaces cannot be listed: " + none, none);
        } catch (IOException unreadable) {
            throw new NetworkException(
                    "this network namespace's routes cannot be read from " + ROUTES + ": " + unreadable
                            + ". Is /proc mounted?",
                    unreadable);
        }
    }

    /**
     * The destinations in the kernel's table. Those that cover more than all our links together are left out: a default
     * route, or the two halves of one, leads to the rest of the world and takes nothing.
     */
    static List<Subnet> routes(List<String> table) {
        return table.stream()
                .skip(1) // the table's head
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns.length > MASK)
                .map(columns -> Subnet.around(
                        Ipv4.of(littleEndian(columns[DESTINATION])), Integer.bitCount(littleEndian(columns[MASK]))))
                .filter(subnet -> subnet.prefix() >= LinkPool.ADDRESSES.prefix())
                .toList();
    }

    /** As with routes, a subnet that covers more than all our links takes nothing; the address in it is still taken. */
    private static int takenBy(int prefix) {
        return prefix >= LinkPool.ADDRESSES.prefix() ? prefix : 32;
    }

    /** The kernel prints the bytes of an address as one number of this machine, which is an x86. */
    private static int littleEndian(String hex) {
        return Integer.reverseBytes(HexFormat.fromHexDigits(hex));
    }
}
