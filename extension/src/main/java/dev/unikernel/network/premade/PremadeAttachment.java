package dev.unikernel.network.premade;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.TapNic;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest's turn at a pre-made tap, and the search for its address. */
final class PremadeAttachment implements Attachment {

    private final AtomicBoolean closed = new AtomicBoolean();
    private final PremadeTap tap;
    private final MacAddress mac;
    private final TapClaim claim;
    private final LeaseSearch search;

    private PremadeAttachment(PremadeTap tap, MacAddress mac, TapClaim claim, LeaseSearch search) {
        this.tap = tap;
        this.mac = mac;
        this.claim = claim;
        this.search = search;
    }

    static Attachment of(PremadeTap tap, MacAddress mac, TapClaim claim, Taps taps) {
        return new PremadeAttachment(tap, mac, claim, LeaseSearch.begin(tap, mac, taps));
    }

    @Override
    public TapNic nic() {
        return new TapNic(mac, tap.name());
    }

    @Override
    public LeaseSource leases() {
        return search;
    }

    @Override
    public void vmmStarted(Path serialLog) {
        search.readSerialLog(serialLog);
    }

    @Override
    public String describe() {
        return "tap " + tap.name() + " of your own, " + tap.subnet().orElseThrow() + ", guest " + mac;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            search.close();
            claim.close();
        }
    }
}
