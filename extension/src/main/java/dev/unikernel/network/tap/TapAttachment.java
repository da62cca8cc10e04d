package dev.unikernel.network.tap;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.Wire;
import dev.unikernel.network.dhcp.DhcpCapture;
import dev.unikernel.network.dhcp.DhcpExchange;
import dev.unikernel.network.dhcp.LinkServer;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest's tap and its place at the DHCP server. */
public final class TapAttachment implements Attachment {

    private final AtomicBoolean closed = new AtomicBoolean();
    private final Tap tap;
    private final Optional<Uplink.Exit> exit;
    private final LinkServer.Served served;
    private final DhcpCapture capture;

    /**
     * @param exit what lets the guest out, if it is
     * @param capture what the guest's DHCP messages are put into
     */
    TapAttachment(Tap tap, Optional<Uplink.Exit> exit, LinkServer.Served served, DhcpCapture capture) {
        this.tap = tap;
        this.exit = exit;
        this.served = served;
        this.capture = capture;
    }

    @Override
    public TapNic nic() {
        return new TapNic(tap.link().mac(), tap.link().tap());
    }

    @Override
    public LeaseSource leases() {
        return served.leases();
    }

    /** The address that the guest will be offered. */
    public Inet4Address guest() {
        return tap.link().guest();
    }

    /** Has {@code listener} called whenever more is known of the lease, if it is our own server that gives it. */
    public void whenSeen(Runnable listener) {
        if (served.leases() instanceof DhcpExchange exchange) {
            exchange.whenSeen(listener);
        }
    }

    @Override
    public void vmmStarted(Path serialLog) {
        capture.writeBeside(serialLog);
    }

    @Override
    public Optional<Wire> wire() {
        return Optional.of(tap.wire());
    }

    @Override
    public String describe() {
        Link link = tap.link();
        return "tap " + link.tap()
                + link.bridge().map(bridge -> " on bridge " + bridge).orElse("") + ", " + link.subnet();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            served.close();
            capture.close();
            exit.ifPresent(Uplink.Exit::close);
            tap.delete();
        }
    }
}
