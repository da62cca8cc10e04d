package dev.unikernel.network.external;

import dev.unikernel.config.DhcpChoice;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.dhcp.Binding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The servers, each with the settings that make it serve one guest in the foreground, with private files and without its
 * ping check: nobody else can have the address, and the check takes a server 1 to 3 s.
 */
enum ServerKind {

    /** ISC dhcpd 4.4, see dhcpd(8) and dhcpd.conf(5). */
    DHCPD("dhcpd", "isc-dhcp-server", "Server starting service", false) {
        @Override
        List<String> prepare(Path program, Binding binding, String tap, Path folder) {
            Path configuration = write(folder.resolve("dhcpd.conf"), """
                    authoritative;
                    ping-check false;
                    ddns-update-style none;
                    default-lease-time %1$d;
                    max-lease-time %1$d;
                    subnet %2$s netmask %3$s {
                      option routers %4$s;
                      range %5$s %5$s;
                    }
                    """.formatted(
                            binding.leaseTime().toSeconds(),
                            binding.subnet().base().getHostAddress(),
                            binding.subnet().mask().getHostAddress(),
                            binding.server().getHostAddress(),
                            binding.address().getHostAddress()));
            // It insists on a file that exists.
            Path leases = write(folder.resolve("dhcpd.leases"), "");
            return List.of(
                    program.toString(),
                    "-4",
                    "-f",
                    "-d",
                    "--no-pid",
                    "-cf",
                    configuration.toString(),
                    "-lf",
                    leases.toString(),
                    tap);
        }
    },

    /** dnsmasq 2.x without its DNS. As somebody without the right to change groups it must not be told to. */
    DNSMASQ("dnsmasq", "dnsmasq-base", "DHCP, IP range", false) {
        @Override
        List<String> prepare(Path program, Binding binding, String tap, Path folder) {
            String address = binding.address().getHostAddress();
            return List.of(
                    program.toString(),
                    "--keep-in-foreground",
                    "--conf-file=/dev/null",
                    "--port=0",
                    "--interface=" + tap,
                    "--bind-interfaces",
                    "--dhcp-range=" + address + "," + address + ","
                            + binding.subnet().mask().getHostAddress() + ","
                            + binding.leaseTime().toSeconds(),
                    "--dhcp-option=option:router," + binding.server().getHostAddress(),
                    "--dhcp-leasefile=" + folder.resolve("dnsmasq.leases"),
                    "--pid-file=",
                    "--user=",
                    "--group=",
                    "--dhcp-authoritative",
                    "--no-ping",
                    "--log-facility=-");
        }
    },

    /** Kea 2.x. It passes by an interface without carrier, which a tap has from the start of the VMM on. */
    KEA("kea-dhcp4", "kea-dhcp4-server", "DHCP4_STARTED", true) {
        @Override
        List<String> prepare(Path program, Binding binding, String tap, Path folder) {
            Subnet subnet = binding.subnet();
            String address = binding.address().getHostAddress();
            Path configuration = write(folder.resolve("kea.json"), """
                    {"Dhcp4": {
                      "interfaces-config": {"interfaces": ["%1$s"], "dhcp-socket-type": "raw"},
                      "lease-database": {"type": "memfile", "persist": false},
                      "valid-lifetime": %2$d,
                      "authoritative": true,
                      "subnet4": [{
                        "id": 1, "subnet": "%3$s", "interface": "%1$s",
                        "pools": [{"pool": "%4$s-%4$s"}],
                        "option-data": [{"name": "routers", "data": "%5$s"}]
                      }],
                      "loggers": [{
                        "name": "kea-dhcp4", "severity": "INFO",
                        "output_options": [{"output": "stderr", "flush": true}]
                      }]
                    }}
                    """.formatted(
                            tap,
                            binding.leaseTime().toSeconds(),
                            subnet,
                            address,
                            binding.server().getHostAddress()));
            return List.of(
                    "/usr/bin/env",
                    "KEA_PIDFILE_DIR=" + folder,
                    "KEA_LOCKFILE_DIR=" + folder,
                    program.toString(),
                    "-c",
                    configuration.toString());
        }
    };

    private final String program;
    private final String debianPackage;
    private final String readyLine;
    private final boolean needsCarrier;

    ServerKind(String program, String debianPackage, String readyLine, boolean needsCarrier) {
        this.program = program;
        this.debianPackage = debianPackage;
        this.readyLine = readyLine;
        this.needsCarrier = needsCarrier;
    }

    static ServerKind of(DhcpChoice choice) {
        return switch (choice) {
            case DHCPD -> DHCPD;
            case DNSMASQ -> DNSMASQ;
            case KEA -> KEA;
            case EMBEDDED -> throw new IllegalArgumentException("the embedded server is none of somebody else's");
        };
    }

    /** Writes the files that it needs into {@code folder}; returns its command line. */
    abstract List<String> prepare(Path program, Binding binding, String tap, Path folder);

    /** What it is called on the PATH. */
    String program() {
        return program;
    }

    String debianPackage() {
        return debianPackage;
    }

    /** What it says when it serves. */
    String readyLine() {
        return readyLine;
    }

    /** Whether it can only be started once the VMM has the tap open. */
    boolean needsCarrier() {
        return needsCarrier;
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new NetworkException("a file for the DHCP server cannot be written: " + failed, failed);
        }
    }
}
