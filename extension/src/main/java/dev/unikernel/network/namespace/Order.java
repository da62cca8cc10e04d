package dev.unikernel.network.namespace;

import dev.unikernel.network.BitRate;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.LinkFaults;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the helper is told to do, in a line of words. Guests are named by numbers that the teller chooses. */
sealed interface Order {

    /**
     * Connect a guest: make its tap and serve it by DHCP.
     *
     * @param wayOut the device through which it reaches out; empty if it does not
     */
    record Attach(int guest, Optional<String> wayOut) implements Order {
        @Override
        public String toString() {
            return "attach " + guest + Order.lastWord(wayOut);
        }
    }

    /**
     * Connect a guest, which gets an address, to a segment that others may be on, too.
     *
     * @param wayOut the device through which it reaches out; empty if it does not
     */
    record Join(int guest, int segment, Inet4Address address, Optional<String> wayOut) implements Order {
        @Override
        public String toString() {
            return "join " + guest + " " + segment + " " + address.getHostAddress() + Order.lastWord(wayOut);
        }
    }

    /** Tell when the guest accepts a TCP connection at a port. */
    record Watch(int guest, int port) implements Order {
        @Override
        public String toString() {
            return "watch " + guest + " " + port;
        }
    }

    /** Keep a guest's DHCP messages in a file beside its serial log. */
    record Capture(int guest, Path serialLog) implements Order {
        @Override
        public String toString() {
            return "capture " + guest + " " + serialLog;
        }
    }

    /** Have a guest's link fail in these ways. */
    record Spoil(int guest, LinkFaults faults) implements Order {
        @Override
        public String toString() {
            return "spoil " + guest + " " + faults.connected() + " " + faults.delay() + " " + faults.lossPercent() + " "
                    + faults.limit().map(BitRate::bitsPerSecond).orElse(0L);
        }
    }

    /** Take a guest's connection away. */
    record Release(int guest) implements Order {
        @Override
        public String toString() {
            return "release " + guest;
        }
    }

    /** Take away a segment that no guest is on any more, nor will be. */
    record Remove(int segment) implements Order {
        @Override
        public String toString() {
            return "remove " + segment;
        }
    }

    /** @throws IllegalArgumentException if {@code line} is none */
    static Order parse(String line) {
        String[] words = line.split(" ", -1);
        return switch (words[0]) {
            case "attach" -> new Attach(Integer.parseInt(words[1]), lastWord(words, 2));
            case "join" ->
                new Join(
                        Integer.parseInt(words[1]),
                        Integer.parseInt(words[2]),
                        Ipv4.parse(words[3]),
                        lastWord(words, 4));
            case "watch" -> new Watch(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "capture" -> new Capture(Integer.parseInt(words[1]), Path.of(line.split(" ", 3)[2]));
            case "spoil" -> new Spoil(Integer.parseInt(words[1]), faults(words));
            case "release" -> new Release(Integer.parseInt(words[1]));
            case "remove" -> new Remove(Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException("no order for the helper: '" + line + "'");
        };
    }

    private static String lastWord(Optional<String> word) {
        return word.isPresent() ? " " + word.get() : "";
    }

    private static Optional<String> lastWord(String[] words, int index) {
        return words.length > index ? Optional.of(words[index]) : Optional.empty();
    }

    private static LinkFaults faults(String[] words) {
        long limit = Long.parseLong(words[5]);
        return new LinkFaults(
                Boolean.parseBoolean(words[2]),
                Duration.parse(words[3]),
                Double.parseDouble(words[4]),
                limit == 0 ? Optional.empty() : Optional.of(new BitRate(limit)));
    }
}
