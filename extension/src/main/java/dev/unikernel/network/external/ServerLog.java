package dev.unikernel.network.external;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.dhcp.Binding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a server says of its exchange with one guest. Not safe for use by several threads. */
final class ServerLog {

    private static final int MOST_SIGHTINGS = 64;
    private static final int LAST_LINES = 5;

    /** {@code DHCPACK on 10.0.2.10 to aa:..} of dhcpd, {@code DHCPACK(tap0) 10.0.2.10 aa:..} of dnsmasq. */
    private static final Pattern MESSAGE =
            Pattern.compile("\\bDHCP(DISCOVER|OFFER|REQUEST|ACK|NAK|DECLINE|RELEASE|INFORM)\\b");

    /** {@code DHCP4_LEASE_ALLOC [hwtype=1 aa:..], ..: lease 10.0.2.10 has been allocated for 3600 seconds} of Kea. */
    private static final Pattern KEA = Pattern.compile("\\bDHCP4_LEASE_(ADVERT|OFFER|ALLOC)\\b");

    private static final Pattern ADDRESS = Pattern.compile("(?<![0-9.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![0-9.])");

    private final Path file;
    private final Binding binding;
    private final List<DhcpSighting> sightings = new ArrayList<>();
    private @Nullable Lease lease;
    private String text = "";
    private int read;

    ServerLog(Path file, Binding binding) {
        this.file = file;
        this.binding = binding;
    }

    /** Reads what is new. A line counts when it is complete. */
    void readOn() {
        try {
            if (Files.size(file) == text.length()) {
                return;
            }
            // One byte is one character, so that the length tells what is new.
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException notYet) {
            return;
        } catch (IOException unreadable) {
            throw new NetworkException("the DHCP server's log cannot be read: " + unreadable, unreadable);
        }
        int end = text.lastIndexOf('\n') + 1;
        long now = System.nanoTime();
        text.substring(read, end).lines().forEach(line -> take(line, now));
        read = end;
    }

    private void take(String line, long nanoTime) {
        if (!line.toLowerCase(Locale.ROOT).contains(binding.mac().toString())) {
            return;
        }
        Matcher message = MESSAGE.matcher(line);
        Matcher kea = KEA.matcher(line);
        if (message.find()) {
            note(DhcpSighting.Type.valueOf(message.group(1)), line, nanoTime);
        } else if (kea.find()) {
            note(
                    kea.group(1).equals("ALLOC") ? DhcpSighting.Type.ACK : DhcpSighting.Type.OFFER,
                    line.substring(kea.start()),
                    nanoTime);
        }
    }

    private void note(DhcpSighting.Type type, String line, long nanoTime) {
        if (sightings.size() < MOST_SIGHTINGS) {
            sightings.add(new DhcpSighting(type, nanoTime, line.strip()));
        }
        Matcher address = ADDRESS.matcher(line);
        if (type == DhcpSighting.Type.ACK && address.find()) {
            lease = new Lease(binding.mac(), Ipv4.parse(address.group()), binding.server(), binding.leaseTime());
        }
    }

    boolean says(String words) {
        return text.contains(words);
    }

    Optional<Lease> lease() {
        return Optional.ofNullable(lease);
    }

    List<DhcpSighting> sightings() {
        return List.copyOf(sightings);
    }

    /** Its last words, for a message. */
    String lastWords() {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty()
                ? "it said nothing"
                : "'" + String.join(" / ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())) + "'";
    }
}
