package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A VM that is started when it is first asked for, once: a boot that failed fails again with the same exception. */
final class DeclaredVm implements AutoCloseable {

    private final String name;
    private final Object declarer;
    private final Supplier<Vm> boot;
    private @Nullable Vm vm;
    private @Nullable RuntimeException failure;
    private boolean closed;

    /** @param declarer the annotated class or the extension that declares it */
    DeclaredVm(String name, Object declarer, Supplier<Vm> boot) {
        this.name = name;
        this.declarer = declarer;
        this.boot = boot;
    }

    String name() {
        return name;
    }

    Object declarer() {
        return declarer;
    }

    synchronized Vm get() {
        if (failure != null) {
            throw failure;
        }
        if (vm == null) {
            if (closed) {
                throw new IllegalStateException("VM '" + name + "' is asked for after its class has ended");
            }
            try {
                vm = boot.get();
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }
        return vm;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (vm != null) {
            vm.close();
        }
    }
}
