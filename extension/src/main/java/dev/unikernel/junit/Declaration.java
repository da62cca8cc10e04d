package dev.unikernel.junit;

import dev.unikernel.vm.VmSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * A VM that a test class asks for.
 *
 * @param kept for how long it is held after a failed test, for somebody to look into it; empty means not at all
 * @param declarer the annotated class, or the extension that was registered by hand
 */
record Declaration(VmSpec spec, Scope scope, Optional<Duration> kept, Object declarer) {

    String name() {
        return spec.name();
    }
}
