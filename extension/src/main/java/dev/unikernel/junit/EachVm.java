package dev.unikernel.junit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is done to each of several VMs although it failed with one. */
final class EachVm {

    private EachVm() {}

    /** Closes the last one first, and each of them; later failures are suppressed in the first. */
    static void closeInReverse(List<? extends DeclaredVm> vms) {
        List<DeclaredVm> reversed = new ArrayList<>(vms);
        Collections.reverse(reversed);
        forEach(reversed, DeclaredVm::close);
    }

    /** Does something with each of them; later failures are suppressed in the first. */
    static void forEach(List<? extends DeclaredVm> vms, Consumer<DeclaredVm> action) {
        @Nullable RuntimeException failure = null;
        for (DeclaredVm vm : vms) {
            try {
                action.accept(vm);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
