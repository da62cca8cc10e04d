package dev.unikernel.network.premade;

import static java.lang.System.Logger.Level.INFO;

import dev.unikernel.host.Host;
import dev.unikernel.host.Probe;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.MacAddress;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.NetworkMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Guests behind taps that the user has made, one at a time behind each. Their addresses come from a DHCP server that the
 * user runs; see {@link LeaseSearch} for how they become known. Nothing of the machine's network is made or changed.
 */
public final class PremadeNetwork implements GuestNetwork {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int GROUP_BIT = 0x01;

    private final List<String> names;
    private final MacAddress firstMac;
    private final Taps taps;

    /**
     * @param names the taps, at least one
     * @param mac the hardware address of a guest behind the first tap; that of each further tap is one higher
     * @throws NetworkException if there is no program {@code ip}, or {@code mac} is no address of a single card
     */
    public PremadeNetwork(List<String> names, MacAddress mac) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a network of pre-made taps needs the name of one");
        }
        if ((mac.toBytes()[0] & GROUP_BIT) != 0 || mac.value() == 0) {
            throw new NetworkException("the hardware address " + mac + " is that of a group, not of a card: its second"
                    + " hexadecimal digit must be even. Correct unikernel.mac");
        }
        this.names = List.copyOf(names);
        this.firstMac = mac;
        this.taps = Taps.find();
    }

    /** Whether guests can be connected to all of {@code names}, apart from taps that are in use just now. */
    public static Probe probe(List<String> names, Host host) {
        return Taps.find().probe(names, host);
    }

    @Override
    public NetworkMode mode() {
        return NetworkMode.PREMADE;
    }

    /** {@inheritDoc} A tap of the user's has an address of its own and so is no port of a bridge. */
    @Override
    public Optional<String> whyNoSegments() {
        return Optional.of(
                "guests behind taps that you have made reach each other as your routes and firewall let them. Next:"
                        + " leave the network out, or use the network mode 'namespace' or 'tap' (the setting unikernel.network)");
    }

    /** {@inheritDoc} Beyond the user's taps is the user's network. */
    @Override
    public Optional<String> whyNoOutbound() {
        return Optional.of(
                "guests behind taps that you have made reach what your routes and firewall let them. Next: leave"
                        + " outbound out, or use the network mode 'namespace' with slirp4netns"
                        + " (unikernel.network=namespace)");
    }

    /** Takes the first free tap, and none that is in use. */
    @Override
    public Attachment attach(List<Integer> ports, Path folder) {
        return attach(ports, folder, Duration.ZERO);
    }

    /** Takes the first tap that is, or within {@code patience} becomes, free. */
    @Override
    public Attachment attach(List<Integer> ports, Path folder, Duration patience) {
        long begin = System.nanoTime();
        boolean said = false;
        while (true) {
            List<String> obstacles = new ArrayList<>();
            for (int place = 0; place < names.size(); place++) {
                Optional<Attachment> attachment = tryToAttach(place, obstacles);
                if (attachment.isPresent()) {
                    return attachment.get();
                }
            }
            if (System.nanoTime() - begin >= patience.toNanos()) {
                throw new NetworkException("no tap became free within " + patience.toMillis() + " ms: "
                        + String.join("; ", obstacles) + ". Name as many taps in unikernel.tap as VMs run at the same"
                        + " time, or end what uses them");
            }
            if (!said) {
                System.getLogger("dev.unikernel").log(INFO, "A VM waits for a tap: {0}", String.join("; ", obstacles));
                said = true;
            }
            pause();
        }
    }

    private Optional<Attachment> tryToAttach(int place, List<String> obstacles) {
        PremadeTap tap = present(names.get(place));
        Optional<TapClaim> claim = TapClaim.claim(tap.index());
        if (claim.isEmpty()) {
            obstacles.add(tap.name() + " is used by another VM of this extension");
            return Optional.empty();
        }
        try {
            // Once more: until the claim was ours, somebody else's VM may have used the tap.
            PremadeTap ours = present(tap.name());
            if (!ours.isInUse()) {
                return Optional.of(PremadeAttachment.of(ours, mac(place), claim.get(), taps));
            }
            obstacles.add(tap.name() + " is used by " + Taps.user(tap.name()));
        } catch (NetworkException refused) {
            claim.get().close();
            throw refused;
        }
        claim.get().close();
        return Optional.empty();
    }

    private PremadeTap present(String name) {
        PremadeTap tap = taps.look(name)
                .orElseThrow(() -> new NetworkException(
                        "there is no tap " + name + " any more. Make it: " + PremadeTap.recipe(name)));
        Probe probe = tap.probe(Host.current());
        probe.missing().ifPresent(missing -> {
            throw new NetworkException(missing.toString());
        });
        return tap;
    }

    private MacAddress mac(int place) {
        return new MacAddress(firstMac.value() + place);
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NetworkException("the wait for a tap was interrupted", e);
        }
    }
}
