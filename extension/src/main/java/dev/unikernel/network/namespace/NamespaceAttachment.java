package dev.unikernel.network.namespace;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.ForwardAddress;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.TapNic;
import dev.unikernel.network.Wire;
import dev.unikernel.network.relay.Forwarding;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest's tap in the helper's namespaces, and the address from which its ports are relayed. */
final class NamespaceAttachment implements Attachment {

    private final AtomicBoolean closed = new AtomicBoolean();
    private final HelperGuest guest;
    private final ForwardAddress forward;
    private final Forwarding forwarding;
    private final HelperWire wire;
    private final List<String> enter;
    private final boolean capturing;

    /** @param capturing whether the guest's DHCP messages are to be kept */
    NamespaceAttachment(
            HelperGuest guest, ForwardAddress forward, Forwarding forwarding, List<String> enter, boolean capturing) {
        this.capturing = capturing;
        this.guest = guest;
        this.forward = forward;
        this.forwarding = forwarding;
        this.wire = new HelperWire(guest, forwarding);
        this.enter = enter;
    }

    @Override
    public TapNic nic() {
        return new TapNic(guest.mac(), guest.tap(), enter);
    }

    @Override
    public LeaseSource leases() {
        return guest;
    }

    @Override
    public void vmmStarted(Path serialLog) {
        if (capturing) {
            guest.capture(serialLog);
        }
    }

    /** The guest's own address means something in the helper's namespaces only. */
    @Override
    public Inet4Address reachableAt(Lease lease) {
        return forward.address();
    }

    /** The relay accepts, and breaks off what the guest then refuses. */
    @Override
    public boolean acceptsBeforeGuest() {
        return true;
    }

    @Override
    public OptionalLong acceptedAt(int port) {
        return guest.acceptedAt(port);
    }

    @Override
    public Optional<Wire> wire() {
        return Optional.of(wire);
    }

    @Override
    public String describe() {
        return guest.description() + " in a namespace of its own, relayed from "
                + forward.address().getHostAddress();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            forwarding.close();
            guest.close();
            forward.close();
        }
    }
}
