package dev.unikernel.host;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is found out once, when it is first asked for. */
final class Lazy<T> {

    private final Supplier<T> supplier;
    private @Nullable T value;

    Lazy(Supplier<T> supplier) {
        this.supplier = supplier;
    }

    synchronized T get() {
        T known = value;
        if (known == null) {
            known = supplier.get();
            value = known;
        }
        return known;
    }
}
