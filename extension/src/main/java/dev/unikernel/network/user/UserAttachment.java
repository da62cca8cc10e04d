package dev.unikernel.network.user;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.UserNic;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest's forward address and the capture of its card. */
final class UserAttachment implements Attachment {

    private final AtomicBoolean closed = new AtomicBoolean();
    private final ForwardAddress forward;
    private final Capture capture;
    private final UserNic nic;

    UserAttachment(ForwardAddress forward, Capture capture, UserNic nic) {
        this.forward = forward;
        this.capture = capture;
        this.nic = nic;
    }

    @Override
    public UserNic nic() {
        return nic;
    }

    @Override
    public LeaseSource leases() {
        return capture.exchange();
    }

    /** The guest's own address means something inside of QEMU only. */
    @Override
    public Inet4Address reachableAt(Lease lease) {
        return forward.address();
    }

    /** QEMU accepts as soon as it runs. */
    @Override
    public boolean acceptsBeforeGuest() {
        return true;
    }

    @Override
    public void vmmStarted(Path serialLog) {
        capture.keepBeside(serialLog);
    }

    @Override
    public String describe() {
        return "QEMU's user network, forwarded at " + forward.address().getHostAddress();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            capture.close();
            forward.close();
        }
    }
}
