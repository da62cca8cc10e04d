package dev.unikernel.network.dhcp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Takes note of the datagrams on one guest's link. The buffers are the caller's and stay as they are. */
interface LinkLog {

    LinkLog NONE = new LinkLog() {};

    /** The guest, or who speaks for it, sent {@code payload} by broadcast or to our address. */
    default void received(ByteBuffer payload, InetSocketAddress from, boolean broadcast) {}

    /** We sent {@code payload}. */
    default void sent(ByteBuffer payload, InetSocketAddress to) {}
}
