package dev.unikernel.junit;

import dev.unikernel.vm.VmStartException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made once, by the first thread that asks, while others wait. A failure is remembered, too; but not
 * an interruption, which says nothing about what was being made.
 */
final class Memo<T> {

    private final Supplier<T> making;
    private @Nullable FutureTask<T> task;

    Memo(Supplier<T> making) {
        this.making = making;
    }

    @SuppressWarnings("ReferenceEquality") // this very one
    T get() {
        FutureTask<T> mine = new FutureTask<>(making::get);
        FutureTask<T> first = claim(mine);
        if (first == mine) {
            mine.run();
        }
        try {
            return first.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VmStartException.Interrupted) {
                forget(first);
            }
            throw unchecked(Objects.requireNonNull(e.getCause(), "an ExecutionException has a cause"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another thread starts the VM", e);
        }
    }

    /** What was made; empty if nobody asked, or it failed. */
    Optional<T> made() {
        FutureTask<T> begun = begun();
        if (begun == null || !begun.isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(begun.get());
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException("what is done needs no wait", e);
        }
    }

    private synchronized @Nullable FutureTask<T> begun() {
        return task;
    }

    private synchronized FutureTask<T> claim(FutureTask<T> mine) {
        if (task == null) {
            task = mine;
        }
        return task;
    }

    @SuppressWarnings("ReferenceEquality") // this very one
    private synchronized void forget(FutureTask<T> interrupted) {
        if (task == interrupted) {
            task = null;
        }
    }

    /** A {@link Supplier} throws nothing that is checked. */
    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }
}
