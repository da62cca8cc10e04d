package dev.unikernel.network.premade;

import java.net.Inet4Address;
import java.time.Duration;

/**
 * An address that a guest may have, until it has answered there itself.
 *
 * @param time how long it is leased, zero where that is not known
 * @param from where it was read, in words
 */
record Candidate(Inet4Address address, Duration time, String from) {

    Candidate(Inet4Address address, String from) {
        this(address, Duration.ZERO, from);
    }
}
