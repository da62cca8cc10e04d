package dev.unikernel.network.namespace;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import java.net.Inet4Address;
import java.time.Duration;

/** What the helper says about a guest, in a line of words. Times are on the clock of {@link System#nanoTime}, which is the machine's. */
sealed interface Report {

    int guest();

    /** The guest's connection is made. */
    record Attached(int guest, MacAddress mac, String tap, Inet4Address address, String description) implements Report {
        @Override
        public String toString() {
            return "attached " + guest + " " + mac + " " + tap + " " + address.getHostAddress() + " " + description;
        }
    }

    /** It could not be made. */
    record Refused(int guest, String message) implements Report {
        @Override
        public String toString() {
            return "refused " + guest + " " + message.replace('\n', ' ');
        }
    }

    /** A DHCP message was seen. */
    record Saw(int guest, DhcpSighting sighting) implements Report {
        @Override
        public String toString() {
            return "saw " + guest + " " + sighting.type() + " " + sighting.nanoTime() + " " + sighting.text();
        }
    }

    /** The guest has a lease. */
    record Leased(int guest, Inet4Address address, Inet4Address server, Duration time) implements Report {
        @Override
        public String toString() {
            return "leased " + guest + " " + address.getHostAddress() + " " + server.getHostAddress() + " "
                    + time.toSeconds();
        }
    }

    /** The guest has no lease, or none any more, and this is why. */
    record Trouble(int guest, String nextStep) implements Report {
        @Override
        public String toString() {
            return "trouble " + guest + " " + nextStep.replace('\n', ' ');
        }
    }

    /** The guest accepts TCP connections at a port that was watched. */
    record Accepts(int guest, int port, long nanoTime) implements Report {
        @Override
        public String toString() {
            return "accepts " + guest + " " + port + " " + nanoTime;
        }
    }

    /** The guest's link fails in the ways that were asked for, if {@code message} is empty; else as before, as it says. */
    record Spoilt(int guest, String message) implements Report {
        @Override
        public String toString() {
            return "spoilt " + guest + " " + message.replace('\n', ' ');
        }
    }

    /** @throws IllegalArgumentException if {@code line} is none */
    static Report parse(String line) {
        String[] words = line.split(" ", 3);
        if (words.length < 3) {
            throw new IllegalArgumentException("no report of the helper: '" + line + "'");
        }
        int guest = Integer.parseInt(words[1]);
        String rest = words[2];
        return switch (words[0]) {
            case "attached" -> attached(guest, rest.split(" ", 4));
            case "refused" -> new Refused(guest, rest);
            case "spoilt" -> new Spoilt(guest, rest);
            case "saw" -> saw(guest, rest.split(" ", 3));
            case "leased" -> leased(guest, rest.split(" ", 3));
            case "trouble" -> new Trouble(guest, rest);
            case "accepts" -> accepts(guest, rest.split(" ", 2));
            default -> throw new IllegalArgumentException("no report of the helper: '" + line + "'");
        };
    }

    private static Report attached(int guest, String[] words) {
        return new Attached(guest, MacAddress.parse(words[0]), words[1], Ipv4.parse(words[2]), words[3]);
    }

    private static Report saw(int guest, String[] words) {
        return new Saw(
                guest, new DhcpSighting(DhcpSighting.Type.valueOf(words[0]), Long.parseLong(words[1]), words[2]));
    }

    private static Report leased(int guest, String[] words) {
        return new Leased(
                guest, Ipv4.parse(words[0]), Ipv4.parse(words[1]), Duration.ofSeconds(Long.parseLong(words[2])));
    }

    private static Report accepts(int guest, String[] words) {
        return new Accepts(guest, Integer.parseInt(words[0]), Long.parseLong(words[1]));
    }
}
