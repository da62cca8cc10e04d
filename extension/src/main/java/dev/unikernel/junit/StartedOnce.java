package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.util.Optional;
import java.util.function.Supplier;

/** A VM that lives for a class or for one test. */
final class StartedOnce implements DeclaredVm {

    private final Declaration declaration;
    private final Memo<Vm> vm;
    private volatile boolean failed;
    private volatile boolean closed;

    StartedOnce(Declaration declaration, Supplier<Vm> boot) {
        this.declaration = declaration;
        this.vm = new Memo<>(boot);
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }

    @Override
    public Vm get() {
        if (closed) {
            throw new IllegalStateException("VM '" + name() + "' is asked for after its "
                    + (declaration.scope() == Scope.METHOD ? "test" : "class") + " has ended");
        }
        return vm.get();
    }

    @Override
    public void testFailed() {
        failed = true;
    }

    @Override
    public void close() {
        closed = true;
        started().ifPresent(running -> KeptVm.close(running, declaration.kept().filter(time -> failed)));
    }

    @Override
    public Optional<Vm> started() {
        return vm.made();
    }
}
