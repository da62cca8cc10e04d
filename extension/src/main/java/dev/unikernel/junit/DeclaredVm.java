package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.util.Optional;

/** A VM that a test class sees, started when it is first asked for. */
sealed interface DeclaredVm permits StartedOnce, FromSession, PerTest {

    Declaration declaration();

    /** The running VM; a boot that failed fails again with the same exception. */
    Vm get();

    /** The VM if it was started. */
    Optional<Vm> started();

    /** Says that a test failed that saw this VM. */
    void testFailed();

    /** Ends what is its own; what others may use yet stays. */
    void close();

    default String name() {
        return declaration().name();
    }
}
