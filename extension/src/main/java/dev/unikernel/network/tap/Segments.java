package dev.unikernel.network.tap;

import dev.unikernel.network.Attachment;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.SegmentKey;
import dev.unikernel.network.SegmentPlace;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

/**
 * Who is on which segment of this JVM, at which address. A guest's address is decided when it is first asked for, by its
 * name, and holds as long as the segment. Safe for use by several threads.
 */
public final class Segments {

    /** Where segments get their numbers, none twice. */
    public interface Numbers {

        /** @throws NetworkException if there is none any more, or the segment of that number cannot be made */
        int take();

        /** The segment of that number has been left by all. */
        void left(int number);
    }

    private final Map<SegmentKey, Open> open = new HashMap<>();
    private final Numbers numbers;

    public Segments(Numbers numbers) {
        this.numbers = numbers;
    }

    /** How many segments there can be in a JVM. */
    public static int most() {
        return Segment.COUNT;
    }

    /**
     * @throws IllegalArgumentException if a guest of that name is there already, or there is no place
     * @throws NetworkException if the segment cannot be made
     */
    public synchronized Place join(SegmentKey key, String member) {
        Open segment = open.get(key);
        if (segment == null) {
            segment = new Open(key, new Segment(numbers.take()));
            open.put(key, segment);
        }
        return segment.join(member);
    }

    private synchronized void leave(Open segment, String member) {
        segment.present.remove(member);
        if (segment.present.isEmpty()) {
            open.remove(segment.key);
            numbers.left(segment.segment.number());
        }
    }

    private final class Open {
        private final SegmentKey key;
        private final Segment segment;
        private final Map<String, Inet4Address> addresses = new LinkedHashMap<>();
        private final Set<String> present = new HashSet<>();

        Open(SegmentKey key, Segment segment) {
            this.key = key;
            this.segment = segment;
        }

        Place join(String member) {
            if (present.contains(member)) {
                throw new IllegalArgumentException("there is a VM '" + member + "' on the network '" + key.name()
                        + "' already, and the others know it by that name. Next: give each VM of a network its own name;"
                        + " if tests that run at the same time each have one, let them run one after the other, or let the"
                        + " VM serve the whole class");
            }
            Place place = new Place(this, member, address(member));
            present.add(member);
            return place;
        }

        Inet4Address address(String member) {
            synchronized (Segments.this) {
                int offset = Segment.FIRST_GUEST + addresses.size();
                if (offset > Segment.LAST_GUEST && !addresses.containsKey(member)) {
                    throw new IllegalArgumentException(
                            "the network '" + key.name() + "' has no address for a VM '" + member
                                    + "': it has room for " + addresses.size() + " VMs, which are " + addresses.keySet()
                                    + ". Next: divide them among several networks");
                }
                return addresses.computeIfAbsent(
                        member, absent -> segment.subnet().host(offset));
            }
        }
    }

    /** One guest's place. */
    public final class Place implements AutoCloseable {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final Open open;
        private final String member;
        private final Inet4Address address;

        private Place(Open open, String member, Inet4Address address) {
            this.open = open;
            this.member = member;
            this.address = address;
        }

        /** The segment's number. */
        public int segment() {
            return open.segment.number();
        }

        /** The guest's own address. */
        public Inet4Address address() {
            return address;
        }

        /** This place as its guest sees it, who is connected by {@code connecting}, told the ports and the VM's folder. */
        public SegmentPlace connectedBy(BiFunction<List<Integer>, Path, Attachment> connecting) {
            return new SegmentPlace() {
                @Override
                public Inet4Address addressOf(String other) {
                    return Place.this.addressOf(other);
                }

                @Override
                public Attachment attach(List<Integer> ports, Path folder) {
                    return connecting.apply(ports, folder);
                }

                @Override
                public void close() {
                    Place.this.close();
                }
            };
        }

        /**
         * The address of the guest of a name, be it there or not.
         *
         * @throws IllegalArgumentException if there is none left
         */
        Inet4Address addressOf(String name) {
            return open.address(name);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                leave(open, member);
            }
        }
    }
}
