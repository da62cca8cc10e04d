package dev.unikernel.network.tap;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands out links, none twice: a client that keeps connections by address must never find another guest behind one. Safe
 * for use by several threads.
 */
final class LinkPool {

    /** Set aside for tests of networks (RFC 2544), so that hosts, VPNs and containers hardly ever use it. */
    static final Subnet ADDRESSES = Subnet.parse("198.18.0.0/15");

    private static final LinkPool OF_THIS_JVM = new LinkPool();

    /** The half for guests that are alone; the other is for segments. */
    static final Subnet LINKS = Subnet.parse("198.18.0.0/16");

    private static final int SIZE = 1 << (Link.PREFIX - LINKS.prefix());

    private final AtomicInteger next = new AtomicInteger();

    /** The one pool from which guests of this JVM get their links. */
    static LinkPool ofThisJvm() {
        return OF_THIS_JVM;
    }

    /**
     * A link that was not handed out before and does not overlap with {@code taken}.
     *
     * @throws NetworkException if there is none any more
     */
    Link next(List<Subnet> taken) {
        Optional<Subnet> last = Optional.empty();
        for (int index = next.getAndIncrement(); index >= 0 && index < SIZE; index = next.getAndIncrement()) {
            Link link = link(index);
            Optional<Subnet> inTheWay =
                    taken.stream().filter(link.subnet()::overlaps).findFirst();
            if (inTheWay.isEmpty()) {
                return link;
            }
            last = inTheWay;
        }
        throw new NetworkException("no link is left in " + LINKS + " for another guest: "
                + last.map(
                                subnet -> "the rest is taken, at last by " + subnet
                                        + " (see 'ip address' and 'ip route'). Run the tests in a network namespace of their own")
                        .orElse("this JVM has used all " + SIZE + ". Divide the tests among several JVMs"));
    }

    static Link link(int index) {
        Inet4Address base = Ipv4.of(Ipv4.bits(LINKS.base()) + (index << (32 - Link.PREFIX)));
        return new Link(index, new Subnet(base, Link.PREFIX));
    }
}
