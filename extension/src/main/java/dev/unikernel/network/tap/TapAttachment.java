package dev.unikernel.network.tap;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.dhcp.LinkServer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest's tap and its place at the DHCP server. */
final class TapAttachment implements Attachment {

    private final AtomicBoolean closed = new AtomicBoolean();
    private final Tap tap;
    private final LinkServer.Served served;

    TapAttachment(Tap tap, LinkServer.Served served) {
        this.tap = tap;
        this.served = served;
    }

    @Override
    public TapNic nic() {
        return new TapNic(tap.link().mac(), tap.link().tap());
    }

    @Override
    public LeaseSource leases() {
        return served.leases();
    }

    @Override
    public String describe() {
        return "tap " + tap.link().tap() + ", " + tap.link().subnet();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            served.close();
            tap.delete();
        }
    }
}
