package dev.unikernel.vm;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Nic;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import dev.unikernel.network.TapNic;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A network of one guest, whose lease and DHCP messages are what a test says. */
final class FakeNetwork implements GuestNetwork, Attachment, LeaseSource {

    static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:07");
    static final Lease LEASE = new Lease(MAC, ipv4(127, 0, 0, 1), ipv4(10, 0, 2, 2), Duration.ofHours(1));

    NetworkMode mode = NetworkMode.TAP;
    boolean forwards;
    volatile OptionalLong acceptedAt = OptionalLong.empty();
    boolean closed;
    boolean full;
    boolean left;
    String joined = "";
    InetAddress reachable = ipv4(127, 0, 0, 1);
    Optional<String> nextStep = Optional.empty();
    Optional<NetworkException> refusal = Optional.empty();
    List<Integer> ports = List.of();
    Optional<Path> folder = Optional.empty();
    Optional<Path> serialLog = Optional.empty();
    Duration patience = Duration.ZERO;

    private final List<DhcpSighting> sightings = new ArrayList<>();
    private Optional<Lease> lease = Optional.empty();

    /** The guest takes its lease, without a word. */
    FakeNetwork giveLease() {
        lease = Optional.of(LEASE);
        return this;
    }

    void releaseLease() {
        lease = Optional.empty();
    }

    /** A message is seen, now. */
    FakeNetwork see(DhcpSighting.Type... types) {
        for (DhcpSighting.Type type : types) {
            see(type, System.nanoTime());
        }
        return this;
    }

    FakeNetwork see(DhcpSighting.Type type, long nanoTime) {
        sightings.add(new DhcpSighting(type, nanoTime, type.name()));
        return this;
    }

    static Inet4Address ipv4(int... bytes) {
        try {
            return (Inet4Address) InetAddress.getByAddress(
                    new byte[] {(byte) bytes[0], (byte) bytes[1], (byte) bytes[2], (byte) bytes[3]});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public NetworkMode mode() {
        return mode;
    }

    @Override
    public Attachment attach(List<Integer> ofGuest, Path ofVm) {
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        ports = ofGuest;
        folder = Optional.of(ofVm);
        return this;
    }

    @Override
    public Attachment attach(List<Integer> ofGuest, Path ofVm, Duration atMost) {
        patience = atMost;
        return attach(ofGuest, ofVm);
    }

    @Override
    public Optional<String> whyNoSegments() {
        return Optional.empty();
    }

    /** Gives addresses in the order in which they are asked for. */
    @Override
    public SegmentPlace join(SegmentKey segment, String member) {
        if (full) {
            throw new IllegalArgumentException("it is full");
        }
        joined = segment.name() + "/" + member;
        List<String> members = new ArrayList<>();
        return new SegmentPlace() {
            @Override
            public Inet4Address addressOf(String name) {
                if (!members.contains(name)) {
                    members.add(name);
                }
                return ipv4(198, 19, 0, 2 + members.indexOf(name));
            }

            @Override
            public Attachment attach(List<Integer> ofGuest, Path ofVm) {
                return FakeNetwork.this.attach(ofGuest, ofVm);
            }

            @Override
            public void close() {
                left = true;
            }
        };
    }

    @Override
    public Nic nic() {
        return new TapNic(MAC, "tap7");
    }

    @Override
    public LeaseSource leases() {
        return this;
    }

    @Override
    public void vmmStarted(Path file) {
        serialLog = Optional.of(file);
    }

    @Override
    public InetAddress reachableAt(Lease ofGuest) {
        return reachable;
    }

    @Override
    public OptionalLong acceptedAt(int port) {
        return acceptedAt;
    }

    @Override
    public boolean acceptsBeforeGuest() {
        return forwards;
    }

    @Override
    public String describe() {
        return "tap7 of a test";
    }

    @Override
    public Optional<Lease> lease() {
        return lease;
    }

    @Override
    public List<DhcpSighting> sightings() {
        return sightings;
    }

    @Override
    public Optional<String> nextStep() {
        return nextStep;
    }

    @Override
    public void close() {
        closed = true;
    }
}
