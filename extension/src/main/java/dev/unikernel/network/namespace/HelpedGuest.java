package dev.unikernel.network.namespace;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.tap.TapAttachment;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A guest as the helper sees it. */
final class HelpedGuest implements AutoCloseable {

    private static final int CONNECT_MILLIS = 100;
    private static final long PAUSE_MILLIS = 2;

    private final int number;
    private final TapAttachment attachment;
    private final Reports reports;
    private Optional<Lease> told = Optional.empty();
    private Optional<String> toldTrouble = Optional.empty();
    private long lastTold = Long.MIN_VALUE;
    private volatile boolean closed;

    HelpedGuest(int number, TapAttachment attachment, Reports reports) {
        this.number = number;
        this.attachment = attachment;
        this.reports = reports;
        attachment.whenSeen(this::tell);
    }

    /** The guest's address, which is decided before it asks. */
    Inet4Address address() {
        return attachment.guest();
    }

    private synchronized void tell() {
        List<DhcpSighting> sightings = attachment.leases().sightings();
        for (DhcpSighting sighting : sightings) {
            if (sighting.nanoTime() > lastTold) {
                lastTold = sighting.nanoTime();
                reports.send(new Report.Saw(number, sighting));
            }
        }
        Optional<Lease> lease = attachment.leases().lease();
        if (!lease.equals(told)) {
            told = lease;
            lease.ifPresent(leased ->
                    reports.send(new Report.Leased(number, leased.address(), leased.server(), leased.time())));
        }
        Optional<String> trouble = attachment.leases().nextStep();
        if (!trouble.equals(toldTrouble)) {
            toldTrouble = trouble;
            trouble.ifPresent(nextStep -> reports.send(new Report.Trouble(number, nextStep)));
        }
    }

    /** Keeps the guest's DHCP messages, from the first on, in a file beside {@code serialLog}. */
    void capture(Path serialLog) {
        attachment.vmmStarted(serialLog);
    }

    /** Tries to connect until it works or the guest is released; says when it worked. Blocks. */
    void watch(int port) {
        while (!closed) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address(), port), CONNECT_MILLIS);
                reports.send(new Report.Accepts(number, port, System.nanoTime()));
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
    }

    void spoil(LinkFaults faults) {
        String refusal = "";
        try {
            attachment.wire().orElseThrow().set(faults);
        } catch (NetworkException refused) {
            refusal = String.valueOf(refused.getMessage());
        }
        reports.send(new Report.Spoilt(number, refusal));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        attachment.close();
    }
}
