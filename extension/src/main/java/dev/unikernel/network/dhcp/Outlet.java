package dev.unikernel.network.dhcp;

/** Where a guest's answers go. */
@FunctionalInterface
interface Outlet extends AutoCloseable {

    /** Whether {@code answer} went out whole; why it did not has been said. */
    boolean send(DhcpAnswer answer);

    /** Idempotent. What is sent afterwards does not go out. */
    @Override
    default void close() {}
}
