package dev.unikernel.vm;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/** What a guest must show before it counts as ready. All but {@link SerialLine} wait for the DHCP lease first. */
public sealed interface ReadyWhen {

    /** Any HTTP status on {@code /}. */
    static ReadyWhen http() {
        return http("/");
    }

    /** Any HTTP status on {@code path}. */
    static ReadyWhen http(String path) {
        return new Http(path, OptionalInt.empty());
    }

    /** HTTP status {@code status} on {@code path}. */
    static ReadyWhen http(String path, int status) {
        return new Http(path, OptionalInt.of(status));
    }

    /** A TCP connection is accepted. Not possible where a forwarder accepts before the guest does (QEMU's user network). */
    static ReadyWhen tcp() {
        return new Tcp();
    }

    /** A line on the guest's serial console in which {@code regex} is found; a lease is awaited as well. */
    static ReadyWhen serial(String regex) {
        return new SerialLine(Pattern.compile(regex));
    }

    /** DHCP has assigned an address. */
    static ReadyWhen leased() {
        return new Leased();
    }

    /** What is awaited, in words, for messages. */
    String describe();

    /**
     * An HTTP answer on the VM's port.
     *
     * @param path begins with {@code /}; ASCII without blanks
     * @param status 100 to 599; empty means any
     */
    record Http(String path, OptionalInt status) implements ReadyWhen {

        public Http {
            if (!path.matches("/[\\x21-\\x7e]*")) {
                throw new IllegalArgumentException(
                        "the readiness path begins with '/' and has no blanks, but was: '" + path + "'");
            }
            if (status.isPresent() && (status.getAsInt() < 100 || status.getAsInt() > 599)) {
                throw new IllegalArgumentException(
                        "the readiness status is an HTTP status from 100 to 599, but was: " + status.getAsInt());
            }
        }

        @Override
        public String describe() {
            return (status.isPresent() ? "HTTP status " + status.getAsInt() : "any HTTP status") + " on " + path;
        }
    }

    /** A TCP connection to the VM's port. */
    record Tcp() implements ReadyWhen {
        @Override
        public String describe() {
            return "an accepted TCP connection";
        }
    }

    /** A line on the serial console, and a lease. */
    record SerialLine(Pattern pattern) implements ReadyWhen {
        @Override
        public String describe() {
            return "a serial line matching /" + pattern + "/";
        }
    }

    /** A DHCP lease. */
    record Leased() implements ReadyWhen {
        @Override
        public String describe() {
            return "a DHCP lease";
        }
    }
}
