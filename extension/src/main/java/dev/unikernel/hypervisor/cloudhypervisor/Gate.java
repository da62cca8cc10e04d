package dev.unikernel.hypervisor.cloudhypervisor;

import dev.unikernel.hypervisor.Version;
import java.util.Optional;

/**
 * What some versions of Cloud Hypervisor do and others do not; the only place where its versions are compared.
 *
 * <p>Numbers with # are issues and pull requests of cloud-hypervisor/cloud-hypervisor.
 */
enum Gate {
    /** clap replaced argh in v36.0: several disks are several values of one {@code --disk}; before, one value each. */
    SEVERAL_VALUES_PER_OPTION(new Version(36, 0)),

    /** v50.1 and v51.0 (#7728): an image without a stated type cannot be written at sector 0. v50.0 refuses the key. */
    IMAGE_TYPE(new Version(50, 1)),

    /**
     * v53.0 (commit 4091e965b): a read where no device is gives all ones. A guest is entered with ESP=0, so that its first
     * push goes to such a place; before, a read there happened to give back what was pushed last.
     */
    ALL_ONES_FROM_NOWHERE(new Version(53, 0)),

    /**
     * From v37.0 on a tap that cannot be seen in /sys/class/net is given an address, by default 192.168.249.1/24 until
     * v48 (#7365): in a network namespace whose /sys is another's, that replaces the address of our tap.
     */
    READDRESSES_UNSEEN_TAPS(new Version(37, 0), new Version(49, 0));

    /** v32.0 exits with 0 and without a word when a boot fails; v32.1 does not. */
    static final Version OLDEST = new Version(32, 1);

    /** The newest version that these gates were written for. */
    static final Version NEWEST_KNOWN = new Version(53, 0);

    private final Version since;
    private final Optional<Version> before;

    Gate(Version since) {
        this.since = since;
        this.before = Optional.empty();
    }

    Gate(Version since, Version before) {
        this.since = since;
        this.before = Optional.of(before);
    }

    boolean isPassedBy(Version version) {
        return version.isAtLeast(since) && before.filter(version::isAtLeast).isEmpty();
    }
}
