/**
 * How a guest is connected and how its address becomes known.
 *
 * <p>Start with {@link dev.unikernel.network.Networks}, {@link dev.unikernel.network.GuestNetwork} (a way to connect
 * guests), {@link dev.unikernel.network.Attachment} (one guest's connection) and {@link
 * dev.unikernel.network.LeaseSource} (what DHCP was seen to decide).
 */
@NullMarked
package dev.unikernel.network;

import org.jspecify.annotations.NullMarked;
