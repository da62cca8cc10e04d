package dev.unikernel.network;

/** Sees to it that a tap is removed even if this JVM is killed. */
@FunctionalInterface
public interface TapGuard {

    /** For taps in a namespace that ends with this JVM. */
    TapGuard NONE = tap -> () -> {};

    /** Guards {@code tap}, which need not exist yet, until the result is closed. */
    Entry guard(String tap);

    /** One tap that is guarded. */
    @FunctionalInterface
    interface Entry extends AutoCloseable {

        /**
         * The tap exists and is the interface of this number: from now on an interface of the same name and another number
         * is somebody else's, and is left alone.
         */
        default void made(int index) {}

        /** The tap is gone by itself, or was never made. Idempotent. */
        @Override
        void close();
    }
}
