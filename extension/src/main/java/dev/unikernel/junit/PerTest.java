package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.util.Optional;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** A VM of {@link Scope#METHOD} as its class sees it: there is none until a test begins, see {@link TestVms}. */
record PerTest(Declaration declaration) implements DeclaredVm {

    @Override
    public Vm get() {
        throw new ParameterResolutionException("VM '" + name() + "' has the scope METHOD, so there is one for each test"
                + " only: not for @BeforeAll, @AfterAll, static fields and constructors of PER_CLASS instances. Next: ask"
                + " for it in the test or in @BeforeEach, or use the scope CLASS.");
    }

    @Override
    public Optional<Vm> started() {
        return Optional.empty();
    }

    @Override
    public void testFailed() {
        // The test's own VM hears of it.
    }

    @Override
    public void close() {
        // There is none.
    }
}
