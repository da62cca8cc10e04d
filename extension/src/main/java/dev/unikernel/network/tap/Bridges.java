package dev.unikernel.network.tap;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.TapGuard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Our segments in this network namespace: a bridge each, on which the host has an address. Safe for use by several threads. */
final class Bridges implements Segments.Numbers {

    private final Map<Integer, Device> made = new HashMap<>();
    private final IpCommand ip;
    private final TapGuard guard;
    private int next;

    Bridges(IpCommand ip, TapGuard guard) {
        this.ip = ip;
        this.guard = guard;
    }

    /** Makes the first bridge that nobody else has and whose addresses are free. */
    @Override
    public synchronized int take() {
        List<Subnet> taken = TakenSubnets.now();
        while (next < Segment.COUNT) {
            Segment segment = new Segment(next++);
            if (taken.stream().noneMatch(segment.subnet()::overlaps)) {
                Optional<Device> bridge = make(segment);
                if (bridge.isPresent()) {
                    made.put(segment.number(), bridge.get());
                    return segment.number();
                }
            }
        }
        throw new NetworkException("no network is left in " + Segment.ADDRESSES + " for VMs to share: this JVM has used"
                + " all " + Segment.COUNT + ", or they are taken (see 'ip address' and 'ip route'). Divide the tests"
                + " among several JVMs, or run them in a network namespace of their own");
    }

    /** Makes the bridge of that number, unless it is there. */
    synchronized Segment require(int number) {
        Segment segment = new Segment(number);
        if (!made.containsKey(number)) {
            made.put(
                    number,
                    make(segment)
                            .orElseThrow(() -> new NetworkException("bridge " + segment.bridge()
                                    + " could not be made: somebody else has one of that name (see 'ip link')")));
        }
        return segment;
    }

    @Override
    public synchronized void left(int number) {
        Device bridge = made.remove(number);
        if (bridge != null) {
            bridge.delete();
        }
    }

    private Optional<Device> make(Segment segment) {
        String name = segment.bridge();
        // A hardware address of its own, or it would be that of a port and change. No port waits before it may send,
        // and
        // multicast goes to all.
        Optional<Device> bridge = Device.make(
                name,
                "link add name " + name + " address " + Segment.mac(segment.host())
                        + " type bridge forward_delay 0 stp_state 0 mcast_snooping 0\n"
                        + "address add " + segment.host().getHostAddress() + "/" + Segment.PREFIX + " dev " + name
                        + "\n"
                        + "link set dev " + name + " up\n",
                ip,
                guard,
                output -> "bridge " + name + ", on which VMs reach each other, could not be made: " + ip + " said '"
                        + output + "'. Does the kernel have bridges (sudo modprobe bridge), and does 'ip link add name "
                        + name + " type bridge' work by hand?");
        bridge.ifPresent(Device::becomeOurEnd);
        return bridge;
    }
}
