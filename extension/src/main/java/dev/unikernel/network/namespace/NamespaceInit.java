package dev.unikernel.network.namespace;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.relay.GuestSide;
import dev.unikernel.network.tap.TapAttachment;
import dev.unikernel.network.tap.TapNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The program that runs as the first process of the namespaces: makes taps, serves DHCP, and carries connections to the guests. It
 * is told what to do by one connection to its Unix socket, and ends as soon as that ends; the kernel then ends every VMM in
 * the namespaces and removes the taps.
 */
public final class NamespaceInit {

    private final Map<Integer, HelpedGuest> guests = new ConcurrentHashMap<>();
    private final ExecutorService threads;
    private final SpareAttachment spare;
    private final Reports reports;

    private NamespaceInit(ExecutorService threads, SpareAttachment spare, Reports reports) {
        this.threads = threads;
        this.spare = spare;
        this.reports = reports;
    }

    /** @param arguments the path of the Unix socket to listen at */
    public static void main(String... arguments) {
        int status = 1;
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "unikernel-helper");
            thread.setDaemon(true);
            return thread;
        });
        SpareAttachment spare = new SpareAttachment(threads);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(Path.of(arguments[0])));
            SocketChannel orders = listener.accept();
            GuestSide.serve(listener);
            new NamespaceInit(threads, spare, new Reports(orders)).obey(orders);
            status = 0;
        } catch (IOException | NetworkException failed) {
            System.getLogger(NamespaceInit.class.getName())
                    .log(System.Logger.Level.ERROR, "the helper has failed", failed);
        } finally {
            // Not by exit(): nothing that could take time may stand between the end of the tests and that of the VMMs.
            Runtime.getRuntime().halt(status);
        }
    }

    private void obey(SocketChannel orders) throws IOException {
        BufferedReader lines = new BufferedReader(Channels.newReader(orders, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            Order order = Order.parse(line);
            threads.execute(() -> carryOut(order));
        }
    }

    private void carryOut(Order order) {
        if (order instanceof Order.Attach attach) {
            attach(
                    attach.guest(),
                    () -> attach.wayOut().isEmpty()
                            ? spare.take()
                            : network(attach.wayOut()).attach(List.of(), Path.of("/")));
        } else if (order instanceof Order.Join join) {
            attach(join.guest(), () -> network(join.wayOut()).attach(join.segment(), join.address(), Path.of("/")));
        } else if (order instanceof Order.Watch watch) {
            HelpedGuest guest = guests.get(watch.guest());
            if (guest != null) {
                guest.watch(watch.port());
            }
        } else if (order instanceof Order.Capture capture) {
            HelpedGuest guest = guests.get(capture.guest());
            if (guest != null) {
                guest.capture(capture.serialLog());
            }
        } else if (order instanceof Order.Spoil spoil) {
            HelpedGuest guest = guests.get(spoil.guest());
            if (guest != null) {
                guest.spoil(spoil.faults());
            }
        } else if (order instanceof Order.Release release) {
            HelpedGuest guest = guests.remove(release.guest());
            if (guest != null) {
                guest.close();
            }
        } else if (order instanceof Order.Remove remove) {
            SpareAttachment.network().remove(remove.segment());
        }
    }

    private static TapNetwork network(Optional<String> wayOut) {
        TapNetwork network = SpareAttachment.network();
        return wayOut.isPresent() ? network.through(wayOut.get()) : network;
    }

    private void attach(int number, Supplier<TapAttachment> connecting) {
        try {
            TapAttachment attachment = connecting.get();
            HelpedGuest guest = new HelpedGuest(number, attachment, reports);
            guests.put(number, guest);
            TapNic nic = attachment.nic();
            reports.send(new Report.Attached(number, nic.mac(), nic.tap(), guest.address(), attachment.describe()));
        } catch (NetworkException refused) {
            reports.send(new Report.Refused(number, String.valueOf(refused.getMessage())));
        }
    }
}
