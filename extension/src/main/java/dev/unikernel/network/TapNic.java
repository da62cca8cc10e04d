package dev.unikernel.network;

/**
 * A card behind a tap device that exists and is up before the VMM starts.
 *
 * @param tap the device's name, at most 15 characters
 */
public record TapNic(MacAddress mac, String tap) implements Nic {}
