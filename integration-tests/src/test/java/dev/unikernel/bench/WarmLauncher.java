package dev.unikernel.bench;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.time.Duration;

/** Our boots in this JVM, after its first ones. */
final class WarmLauncher implements Contestant {

    private static final int WARM_UPS = 10;

    private final VmLauncher launcher;
    private final VmSpec spec;

    WarmLauncher(Guest guest, VmLauncher launcher) {
        this.launcher = launcher;
        this.spec = guest.spec();
    }

    /** Boots some VMs that do not count. */
    Witness warmUp() {
        for (int i = 1; i < WARM_UPS; i++) {
            run();
        }
        try (Vm vm = launcher.start(spec)) {
            return Witness.of(vm);
        }
    }

    @Override
    public Duration run() {
        long started = System.nanoTime();
        Vm vm = launcher.start(spec);
        Duration time = Duration.ofNanos(System.nanoTime() - started);
        vm.close();
        return time;
    }
}
