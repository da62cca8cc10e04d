package dev.unikernel.junit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of several VMs. */
final class Closing {

    private Closing() {}

    /** Closes the last one first, and each of them; later failures are suppressed in the first. */
    static void inReverse(List<? extends DeclaredVm> vms) {
        @Nullable RuntimeException failure = null;
        for (int index = vms.size() - 1; index >= 0; index--) {
            try {
                vms.get(index).close();
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
