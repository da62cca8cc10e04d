package dev.unikernel.bench;

import java.time.Duration;

/** A way to boot the guest, or to speak to it. */
interface Contestant {

    /**
     * Boots the guest and takes it away again, or speaks to one that runs.
     *
     * @return how long it took from the start to the guest's (first) answer; what comes before and after does not count
     */
    Duration run();
}
