package dev.unikernel.network.premade;

import dev.unikernel.host.Host;
import java.util.List;

/** Prints what is said of a tap to whoever runs this. */
final class ProbesTap {

    private ProbesTap() {}

    public static void main(String... taps) {
        System.out.println(PremadeNetwork.probe(List.of(taps), Host.current()));
    }
}
