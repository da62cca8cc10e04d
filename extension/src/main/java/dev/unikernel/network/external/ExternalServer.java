package dev.unikernel.network.external;

import dev.unikernel.config.DhcpChoice;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.ProcessGuard;
import dev.unikernel.network.Tool;
import dev.unikernel.network.dhcp.Binding;
import dev.unikernel.network.dhcp.LinkServer;
import java.nio.file.Path;
import java.util.Optional;

/** ISC dhcpd, dnsmasq or Kea: a process of its own for each guest, which ends with the guest. */
public final class ExternalServer implements LinkServer {

    private final ServerKind kind;
    private final Path program;
    private final ProcessGuard guard;

    private ExternalServer(ServerKind kind, Path program, ProcessGuard guard) {
        this.kind = kind;
        this.program = program;
        this.guard = guard;
    }

    /**
     * The server that {@code unikernel.dhcp} names, which must not be the embedded one.
     *
     * @param guard what ends its processes if this JVM is killed
     * @throws NetworkException if its program is not there
     */
    public static ExternalServer of(Settings settings, ProcessGuard guard) {
        ServerKind kind = ServerKind.of(settings.get(Keys.DHCP));
        Path program = find(kind, settings)
                .orElseThrow(() -> new NetworkException(missing(kind).toString()));
        return new ExternalServer(kind, program, guard);
    }

    /** Whether the program of the server that {@code unikernel.dhcp} names is there. The embedded one always is. */
    public static Probe probe(Settings settings) {
        DhcpChoice choice = settings.get(Keys.DHCP);
        if (choice == DhcpChoice.EMBEDDED) {
            return new Probe.Available("embedded DHCP server");
        }
        ServerKind kind = ServerKind.of(choice);
        return find(kind, settings)
                .<Probe>map(program -> new Probe.Available(program.toString()))
                .orElseGet(() -> missing(kind));
    }

    private static Optional<Path> find(ServerKind kind, Settings settings) {
        return settings.isSet(Keys.DHCP_BINARY)
                ? Host.current().findBinary(settings, Keys.DHCP_BINARY, kind.program())
                : Tool.find(kind.program()).map(Tool::program);
    }

    private static Probe.Missing missing(ServerKind kind) {
        return new Probe.Missing(
                "there is no " + kind.program() + " in any of " + Tool.path(),
                "Install it (Debian, Ubuntu: " + kind.debianPackage() + "), or say where it is with "
                        + Keys.DHCP_BINARY.name() + ", or use unikernel.dhcp=embedded.");
    }

    @Override
    public Served serve(Binding binding, String tap, Path folder) {
        ServerProcess process = new ServerProcess(kind, program, guard, binding, tap, folder);
        try {
            if (!kind.needsCarrier()) {
                process.start();
                process.awaitReady();
            }
            return process;
        } catch (NetworkException failed) {
            process.close();
            throw failed;
        }
    }
}
