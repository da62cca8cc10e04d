package dev.unikernel.network.premade;

import dev.unikernel.network.Ipv4;
import dev.unikernel.network.MacAddress;
import java.net.Inet4Address;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the servers write down what they have leased. Lines that are none, such as a half-written last one, are left out. */
enum LeaseFormat {

    /** ISC dhcpd, see dhcpd.leases(5). What is further down is newer. */
    DHCPD {
        @Override
        List<Candidate> read(String text, MacAddress mac, String from) {
            Deque<Candidate> newestFirst = new ArrayDeque<>();
            Matcher lease = BLOCK.matcher(text);
            while (lease.find()) {
                if (lease.group(2).toLowerCase(Locale.ROOT).contains("hardware ethernet " + mac + ";")) {
                    address(lease.group(1))
                            .ifPresent(address ->
                                    newestFirst.addFirst(new Candidate(address, time(lease.group(2)), from)));
                }
            }
            return List.copyOf(newestFirst);
        }
    },

    /** dnsmasq: expiry, hardware address, address, name, client id, with blanks between. */
    DNSMASQ {
        @Override
        List<Candidate> read(String text, MacAddress mac, String from) {
            return text.lines()
                    .map(line -> line.split(" "))
                    .filter(words -> words.length >= 4 && words[1].equalsIgnoreCase(mac.toString()))
                    .flatMap(words -> address(words[2]).stream())
                    .map(address -> new Candidate(address, from))
                    .toList();
        }
    },

    /** Kea's memfile: address, hardware address, client id, seconds, ..., with commas between. */
    KEA {
        @Override
        List<Candidate> read(String text, MacAddress mac, String from) {
            Deque<Candidate> newestFirst = new ArrayDeque<>();
            text.lines()
                    .map(line -> line.split(",", -1))
                    .filter(words -> words.length >= 5 && words[1].equalsIgnoreCase(mac.toString()))
                    .forEach(words -> address(words[0])
                            .ifPresent(
                                    address -> newestFirst.addFirst(new Candidate(address, seconds(words[3]), from))));
            return List.copyOf(newestFirst);
        }
    };

    private static final Pattern BLOCK = Pattern.compile("(?ms)^lease ([0-9.]+) \\{\n(.*?)^\\}");
    private static final Pattern STARTS = Pattern.compile("(?m)^\\s*starts \\d (\\S+ \\S+);");
    private static final Pattern ENDS = Pattern.compile("(?m)^\\s*ends \\d (\\S+ \\S+);");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss", Locale.ROOT);

    /** The addresses that {@code text} has for {@code mac}, the most likely first. */
    abstract List<Candidate> read(String text, MacAddress mac, String from);

    private static Optional<Inet4Address> address(String text) {
        try {
            return Optional.of(Ipv4.parse(text));
        } catch (IllegalArgumentException halfWritten) {
            return Optional.empty();
        }
    }

    private static Duration seconds(String text) {
        return text.matches("\\d{1,10}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
    }

    private static Duration time(String lease) {
        Matcher starts = STARTS.matcher(lease);
        Matcher ends = ENDS.matcher(lease);
        if (!starts.find() || !ends.find()) {
            return Duration.ZERO;
        }
        try {
            return Duration.between(
                    LocalDateTime.parse(starts.group(1), TIME), LocalDateTime.parse(ends.group(1), TIME));
        } catch (DateTimeParseException otherFormat) {
            return Duration.ZERO;
        }
    }
}
