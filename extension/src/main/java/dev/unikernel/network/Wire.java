package dev.unikernel.network;

/** A guest's link, as far as it can be made to fail. Safe for use by several threads. */
@FunctionalInterface
public interface Wire {

    /**
     * Has the link fail in exactly these ways, whatever it did before. When this returns, it does.
     *
     * @throws NetworkException if that is not possible; the link fails as before then. The message ends with the next step
     */
    void set(LinkFaults faults);
}
