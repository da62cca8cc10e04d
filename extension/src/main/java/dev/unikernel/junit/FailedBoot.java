package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmStartException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The failure of a boot that others would repeat: kept for one execution of a test plan, so that a rerun tries again. */
final class FailedBoot {

    private @Nullable RuntimeException failure;

    /** The result of {@code boot}, unless it failed before. */
    synchronized Vm unlessKnown(Supplier<Vm> boot) {
        if (failure != null) {
            throw failure;
        }
        try {
            return boot.get();
        } catch (VmStartException.Interrupted e) {
            throw e;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }
}
