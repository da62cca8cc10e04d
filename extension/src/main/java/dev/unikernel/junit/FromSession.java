package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.util.Optional;
import java.util.function.Supplier;

/** A VM of {@link Scope#SESSION} as one class sees it. */
final class FromSession implements DeclaredVm {

    private final Declaration declaration;
    private final Memo<Vm> vm;
    private final Supplier<SessionVm> shared;

    /**
     * @param shared finds or makes the VM that the session shares
     * @param failures remembers a failed boot for the current execution of the test plan
     */
    FromSession(Declaration declaration, Supplier<SessionVm> shared, Supplier<FailedBoot> failures, Supplier<Vm> boot) {
        this.declaration = declaration;
        this.shared = shared;
        this.vm = new Memo<>(() -> failures.get().unlessKnown(() -> shared.get().runningOr(boot)));
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }

    @Override
    public Vm get() {
        return vm.get();
    }

    @Override
    public Optional<Vm> started() {
        return vm.made();
    }

    @Override
    public void testFailed() {
        declaration.kept().ifPresent(shared.get()::keep);
    }

    @Override
    public void close() {
        // The session does it.
    }
}
