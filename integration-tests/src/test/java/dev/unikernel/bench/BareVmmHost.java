package dev.unikernel.bench;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.dhcp.Binding;
import dev.unikernel.network.dhcp.DhcpServer;
import dev.unikernel.network.dhcp.LinkServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Serves DHCP to one guest, and boots it for each line that it reads: prints the nanoseconds to the first answer. */
final class BareVmmHost {

    private static final int PREFIX = 30;

    private BareVmmHost() {}

    /** @param args the folders of {@link Tools}, the image, the guest's address, ours, and the VMM's command line */
    public static void main(String[] args) throws IOException, InterruptedException {
        Tools tools = new Tools(Path.of(args[0]), Path.of(args[1]));
        Path image = Path.of(args[2]);
        Inet4Address guest = Ipv4.parse(args[3]);
        Inet4Address server = Ipv4.parse(args[4]);
        VmmCommand command = new VmmCommand(List.of(args).subList(5, args.length))
                .inFolder(tools.built().resolve("bare"));
        String link = server.getHostAddress() + "/" + PREFIX;

        // The server binds to an address that must exist at that moment, and keeps the socket.
        ip("tuntap", "add", "dev", command.tap(), "mode", "tap");
        ip("addr", "add", link, "dev", command.tap());
        Binding binding = new Binding(
                MacAddress.parse(command.mac()), guest, server, Subnet.around(server, PREFIX), Duration.ofDays(1));
        try (LinkServer.Served served = new DhcpServer().serve(binding)) {
            ip("link", "delete", command.tap());
            while (readLine()) {
                try (Workspace workspace = Workspace.of(command, image)) {
                    Duration time = Tools.nanoseconds(command.after(
                            tools.firstAnswer(),
                            guest.getHostAddress(),
                            Integer.toString(Guest.PORT),
                            tools.script("bare-vmm"),
                            command.tap(),
                            link,
                            workspace.folder().toString()));
                    System.out.println(time.toNanos());
                }
                ip("link", "delete", command.tap());
            }
            if (served.leases().lease().isEmpty()) {
                throw new BenchException("no guest was given an address");
            }
        }
    }

    private static boolean readLine() throws IOException {
        int character = System.in.read();
        return character == '\n';
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new BenchException("ended with " + exit + ": " + String.join(" ", command));
        }
    }
}
