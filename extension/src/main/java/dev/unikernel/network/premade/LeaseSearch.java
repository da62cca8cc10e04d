package dev.unikernel.network.premade;

import static java.lang.System.Logger.Level.DEBUG;

import dev.unikernel.network.DhcpSighting;
import dev.unikernel.network.Ipv4;
import dev.unikernel.network.Lease;
import dev.unikernel.network.LeaseSource;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Subnet;
import dev.unikernel.network.dhcp.DhcpEavesdropper;
import dev.unikernel.network.dhcp.DhcpMessage;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address that a server, of which nothing is known, has given to the guest behind a pre-made tap.
 *
 * <p>What the guest asked for, the servers' lease files, the neighbour table and the guest's serial log name candidates,
 * new ones and old ones: dhcpd does not write down a lease that it gives out again within a quarter of its time. A
 * candidate counts once the guest itself has answered there. Nobody else can: the tap was free before this VM, and when it
 * became free the kernel forgot its neighbours.
 */
final class LeaseSearch implements LeaseSource, AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    /**
     * From the guest's request to the first question for it. Who asks too early waits for the kernel's next ARP request,
     * which comes a second later.
     */
    private static final Duration SETTLING = Duration.ofMillis(20);

    /** As much of a serial log as is read; addresses are said early. */
    private static final int SERIAL_BYTES = 64 * 1024;

    private static final Pattern ADDRESS = Pattern.compile("(?<![0-9.])(\\d{1,3}(?:\\.\\d{1,3}){3})(?![0-9.])");

    private final PremadeTap tap;
    private final MacAddress mac;
    private final Taps taps;
    private final Optional<DhcpEavesdropper> ear;
    private final List<LeaseFile> files;
    private final long framesBefore;
    private final Map<Inet4Address, Answer> answers = new HashMap<>();
    private @Nullable Path serialLog;
    private @Nullable Lease found;
    private long foundAt;
    private long lookedAt;
    private long spokeAt;

    LeaseSearch(PremadeTap tap, MacAddress mac, Taps taps, Optional<DhcpEavesdropper> ear, List<LeaseFile> files) {
        this.tap = tap;
        this.mac = mac;
        this.taps = taps;
        this.ear = ear;
        this.files = files;
        this.framesBefore = framesFromGuest();
        this.lookedAt = System.nanoTime();
    }

    /** Begins to listen; to be called before the VMM starts. */
    static LeaseSearch begin(PremadeTap tap, MacAddress mac, Taps taps) {
        Optional<DhcpEavesdropper> ear = Kea.runs(Path.of("/proc")) ? Optional.empty() : DhcpEavesdropper.open(mac);
        return new LeaseSearch(tap, mac, taps, ear, LeaseFile.ofThisMachine());
    }

    synchronized void readSerialLog(Path log) {
        serialLog = log;
    }

    @Override
    public synchronized Optional<Lease> lease() {
        long now = System.nanoTime();
        if (found == null && now - lookedAt >= LOOK_EVERY.toNanos()) {
            lookedAt = now;
            look();
        }
        return Optional.ofNullable(found);
    }

    @Override
    public List<DhcpSighting> sightings() {
        return ear.map(each -> each.exchange().sightings()).orElse(List.of());
    }

    /** When the guest answered at its address: the server's acknowledgement itself is not seen. */
    @Override
    public synchronized OptionalLong leasedAt() {
        return found == null ? OptionalLong.empty() : OptionalLong.of(foundAt);
    }

    @Override
    public synchronized Optional<String> nextStep() {
        List<Candidate> candidates = candidates();
        String tried = candidates.isEmpty()
                ? "no address of " + mac + " was found (" + sources() + ")"
                : "at none of its possible addresses it answered: "
                        + String.join(
                                ", ",
                                candidates.stream()
                                        .map(each -> each.address().getHostAddress() + " (" + each.from() + ")")
                                        .toList());
        return Optional.of("Does a DHCP server run on " + tap.name() + ", and has it an address for " + mac + "? "
                + Character.toUpperCase(tried.charAt(0)) + tried.substring(1) + ".");
    }

    private String sources() {
        Stream<String> read = files.stream().map(file -> file.path().toString());
        String heard = ear.isPresent() ? "UDP port 67" : "UDP port 67 was not listened at";
        return String.join(
                ", ",
                Stream.concat(read, Stream.of(heard, "/proc/net/arp", "the serial log"))
                        .toList());
    }

    private void look() {
        if (!guestMayHaveAnAddress()) {
            return;
        }
        for (Candidate candidate : candidates()) {
            Answer answer =
                    answers.computeIfAbsent(candidate.address(), address -> new Answer(address, mac, tap.name(), taps));
            try {
                if (answer.came()) {
                    foundAt = System.nanoTime();
                    found = new Lease(mac, candidate.address(), server(), candidate.time());
                    closeAnswers();
                    return;
                }
            } catch (IOException unreadable) {
                throw new NetworkException(
                        "the neighbour table cannot be read from /proc/net/arp: " + unreadable, unreadable);
            }
        }
    }

    /** No question before there can be an answer. */
    private boolean guestMayHaveAnAddress() {
        if (ear.isPresent()) {
            return ear.get().request().isPresent()
                    && System.nanoTime() - ear.get().requestAt() >= SETTLING.toNanos();
        }
        // A discovery and a request, or a request alone and then a while of silence.
        long frames = framesFromGuest() - framesBefore;
        if (frames > 0 && spokeAt == 0) {
            spokeAt = System.nanoTime();
        }
        long patience =
                frames >= 2 ? SETTLING.toNanos() : SETTLING.multipliedBy(25).toNanos();
        return frames > 0 && System.nanoTime() - spokeAt >= patience;
    }

    private List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>();
        ear.flatMap(DhcpEavesdropper::request)
                .flatMap(DhcpMessage::requestedAddress)
                .ifPresent(address -> all.add(new Candidate(address, leaseTime(address), "asked for by the guest")));
        files.forEach(file -> all.addAll(file.candidates(mac)));
        all.addAll(neighbours());
        all.addAll(namedOnSerialLine());
        Subnet subnet = tap.subnet().orElseThrow();
        Map<Inet4Address, Candidate> once = new LinkedHashMap<>();
        all.stream()
                .filter(each -> subnet.contains(each.address())
                        && !each.address().equals(tap.address().orElseThrow())
                        && !each.address().equals(subnet.broadcast())
                        && !each.address().equals(subnet.base()))
                .forEach(each -> once.putIfAbsent(each.address(), each));
        return List.copyOf(once.values());
    }

    private Duration leaseTime(Inet4Address address) {
        return files.stream()
                .flatMap(file -> file.candidates(mac).stream())
                .filter(each -> each.address().equals(address))
                .map(Candidate::time)
                .findFirst()
                .orElse(Duration.ZERO);
    }

    private List<Candidate> neighbours() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/arp"))) {
            return lines.map(line -> line.split("\\s+"))
                    .filter(words -> words.length >= 6
                            && words[3].equalsIgnoreCase(mac.toString())
                            && words[5].equals(tap.name()))
                    .map(words -> new Candidate(Ipv4.parse(words[0]), "neighbour table"))
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private List<Candidate> namedOnSerialLine() {
        if (serialLog == null) {
            return List.of();
        }
        List<Candidate> named = new ArrayList<>();
        try (var log = Files.newInputStream(serialLog)) {
            Matcher matcher = ADDRESS.matcher(new String(log.readNBytes(SERIAL_BYTES), StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                try {
                    named.add(new Candidate(Ipv4.parse(matcher.group(1)), "serial log"));
                } catch (IllegalArgumentException noAddress) {
                    // A version number, perhaps.
                }
            }
        } catch (IOException notYet) {
            log().log(DEBUG, "the serial log is not there yet: {0}", notYet.getMessage());
        }
        return named;
    }

    /** The server that the guest took; one that it did not name is taken for the one at the tap's own address. */
    private Inet4Address server() {
        return ear.flatMap(DhcpEavesdropper::request)
                .flatMap(DhcpMessage::serverIdentifier)
                .orElseGet(() -> tap.address().orElseThrow());
    }

    /** What a tap receives is what its guest has sent. */
    private long framesFromGuest() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/dev"))) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith(tap.name() + ":"))
                    .map(line -> line.substring(tap.name().length() + 1).strip().split("\\s+"))
                    .mapToLong(columns -> Long.parseLong(columns[1]))
                    .findFirst()
                    .orElse(0);
        } catch (IOException unreadable) {
            return 0;
        }
    }

    private void closeAnswers() {
        for (Answer answer : answers.values()) {
            try {
                answer.close();
            } catch (IOException failed) {
                log().log(DEBUG, "a socket did not close", failed);
            }
        }
        answers.clear();
    }

    private static System.Logger log() {
        return System.getLogger(LeaseSearch.class.getName());
    }

    @Override
    public synchronized void close() {
        closeAnswers();
        ear.ifPresent(DhcpEavesdropper::close);
    }
}
