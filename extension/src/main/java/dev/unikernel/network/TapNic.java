package dev.unikernel.network;

import java.util.List;

/**
 * A card behind a tap device that exists and is up before the VMM starts.
 *
 * @param tap the device's name, at most 15 characters
 * @param enter what runs a command in the network namespace of the tap; empty if that is this JVM's own
 */
public record TapNic(MacAddress mac, String tap, List<String> enter) implements Nic {

    public TapNic {
        enter = List.copyOf(enter);
    }

    /** Behind a tap in this JVM's own network namespace. */
    public TapNic(MacAddress mac, String tap) {
        this(mac, tap, List.of());
    }
}
