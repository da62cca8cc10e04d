package dev.unikernel.network;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.List;

/**
 * A guest's place on an Ethernet segment that several guests share. It is taken before the guest is connected, so that
 * guests can be told each other's addresses and boot at the same time; while one place is held, the segment stays.
 */
public interface SegmentPlace extends AutoCloseable {

    /**
     * The address that the guest of a name is given on this segment, be it there already or not.
     *
     * @throws IllegalArgumentException if the segment has no address left
     */
    Inet4Address addressOf(String member);

    /**
     * Connects the guest to the segment, as {@link GuestNetwork#attach(List, Path)} connects one that is alone.
     *
     * @throws NetworkException if the connection cannot be made; nothing is left behind
     */
    Attachment attach(List<Integer> ports, Path folder);

    /** Leaves the segment, after the attachment was closed; the last one's going takes the segment away. Idempotent. */
    @Override
    void close();
}
