package dev.unikernel.network.tap;

import dev.unikernel.network.BitRate;
import dev.unikernel.network.LinkFaults;
import java.util.List;

/**
 * What {@code ip} and {@code tc} are told to have a tap fail.
 *
 * <p>Frames that shall be lost are redirected, before anything else is done with them, to a device that drops everything: as
 * kernels go, that needs less than to drop them. Which ones, a classic BPF program decides by the kernel's random numbers. The
 * tap's own queue holds back what goes to the guest; there is no queue for what comes from it, so that takes the way through
 * another device that has one.
 */
final class FaultLines {

    /**
     * A line of a batch.
     *
     * @param needs the parts of the kernel that not every kernel has and this line needs
     */
    record Line(String words, String needs) {}

    private static final String ALL = "1,6 0 0 4294967295";
    private static final String NOTHING = "1,6 0 0 0";

    /** The instructions: load a random number; skip one if it is at least k; match; do not match. */
    private static final String BELOW = "4,32 0 0 4294963256,53 1 0 %,6 0 0 4294967295,6 0 0 0";

    private static final double RANDOM_NUMBERS = 4_294_967_296.0;

    private static final String FREE_QUEUE = "pfifo limit 1000";

    /** Enough for 10 s at a hundred megabits. */
    private static final int DELAYED_FRAMES = 100_000;

    private static final long LEAST_BURST = 16 * 1_024;
    private static final long LEAST_QUEUE = 64 * 1_024;
    private static final long MICROS = 1_000;

    private final Link link;

    FaultLines(Link link) {
        this.link = link;
    }

    /** The device that drops all. */
    String hole() {
        return link.tap() + "h";
    }

    /** The device that holds back what comes from the guest. */
    String queue() {
        return link.tap() + "q";
    }

    /**
     * For {@code ip}, once. The guest's hardware address is made known for good: a neighbour that cannot answer is soon
     * given up, and who connects then is told at once that there is no route, where a real network would be silent.
     */
    List<Line> devices() {
        return List.of(
                new Line("link add " + hole() + " type ifb", "ifb"),
                new Line("link add " + queue() + " type ifb", "ifb"),
                new Line("link set dev " + hole() + " up", ""),
                new Line("link set dev " + queue() + " up", ""),
                new Line(neighbour("permanent"), ""));
    }

    /** For {@code tc}, after that, once. */
    List<Line> hooks() {
        return List.of(
                new Line("qdisc replace dev " + hole() + " root pfifo limit 0", ""),
                new Line("qdisc add dev " + link.tap() + " clsact", "sch_ingress"));
    }

    /** For {@code tc}, as often as the faults change. What kernels lack most is first, so that it fails before all else. */
    List<Line> faults(LinkFaults faults) {
        String queueing = queueing(faults);
        String needs = faults.delay().isZero() ? "sch_tbf" : "sch_netem";
        String lost = lost(faults);
        return List.of(
                new Line("qdisc replace dev " + link.tap() + " root " + queueing, needs),
                new Line("qdisc replace dev " + queue() + " root " + queueing, needs),
                redirect("ingress", 1, lost, hole()),
                redirect("egress", 1, lost, hole()),
                redirect("ingress", 2, ALL, queue()));
    }

    private Line redirect(String direction, int priority, String which, String target) {
        return new Line(
                "filter replace dev " + link.tap() + " " + direction + " protocol all pref " + priority
                        + " handle 1 bpf bytecode '" + which + "' action mirred egress redirect dev " + target,
                "cls_bpf act_mirred");
    }

    private static String lost(LinkFaults faults) {
        long below = faults.connected() ? Math.round(faults.lossPercent() / 100 * RANDOM_NUMBERS) : Long.MAX_VALUE;
        if (below == 0) {
            return NOTHING;
        }
        return below >= RANDOM_NUMBERS ? ALL : BELOW.replace("%", Long.toString(below));
    }

    private static String queueing(LinkFaults faults) {
        if (!faults.delay().isZero()) {
            return "netem limit " + DELAYED_FRAMES + " delay " + faults.delay().toNanos() / MICROS + "us"
                    + faults.limit()
                            .map(limit -> " rate " + limit.bitsPerSecond() + "bit")
                            .orElse("");
        }
        return faults.limit().map(FaultLines::bucket).orElse(FREE_QUEUE);
    }

    /** A token bucket of 10 ms, and a queue of 100 ms, as a router may have. */
    private static String bucket(BitRate limit) {
        long burst = Math.max(LEAST_BURST, limit.bytesPerSecond() / 100);
        long queue = Math.max(LEAST_QUEUE, limit.bytesPerSecond() / 10);
        return "tbf rate " + limit.bitsPerSecond() + "bit burst " + burst + " limit " + queue;
    }

    /** For {@code tc}, at the end. */
    List<Line> unhook() {
        return List.of(
                new Line("qdisc delete dev " + link.tap() + " clsact", ""),
                new Line("qdisc delete dev " + link.tap() + " root", ""));
    }

    /** For {@code ip}, after that. */
    List<Line> removal() {
        return List.of(
                new Line("link delete dev " + hole(), ""),
                new Line("link delete dev " + queue(), ""),
                new Line(neighbour("stale"), ""));
    }

    private String neighbour(String state) {
        return "neighbour replace " + link.guest().getHostAddress() + " lladdr " + link.mac() + " nud " + state
                + " dev "
                + link.bridge().orElse(link.tap());
    }
}
