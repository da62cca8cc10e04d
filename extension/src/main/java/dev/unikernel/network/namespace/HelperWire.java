package dev.unikernel.network.namespace;

import static java.lang.System.Logger.Level.INFO;

import dev.unikernel.network.LinkFaults;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.Wire;
import dev.unikernel.network.relay.Forwarding;
import java.time.Duration;

/**
 * A link in the helper's namespaces. What is relayed can be held back by the relay, for kernels that cannot hold back frames
 * (many of containers and CI machines have no {@code sch_netem}).
 */
final class HelperWire implements Wire {

    private final Wire tap;
    private final Forwarding forwarding;
    private boolean told;

    HelperWire(Wire tap, Forwarding forwarding) {
        this.tap = tap;
        this.forwarding = forwarding;
    }

    @Override
    public synchronized void set(LinkFaults faults) {
        forwarding.delay(trySet(faults) ? Duration.ZERO : faults.delay());
    }

    /** Whether the kernel does all of it; else all but the delay. */
    private boolean trySet(LinkFaults faults) {
        try {
            tap.set(faults);
            return true;
        } catch (NetworkException refused) {
            if (faults.delay().isZero()) {
                throw refused;
            }
            tap.set(faults.withDelay(Duration.ZERO));
            tell(refused);
            return false;
        }
    }

    private void tell(NetworkException refused) {
        if (!told) {
            told = true;
            System.getLogger("dev.unikernel")
                    .log(INFO, "the relay delays instead of the kernel: {0}", refused.getMessage());
        }
    }
}
