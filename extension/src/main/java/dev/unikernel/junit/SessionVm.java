package dev.unikernel.junit;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.vm.Vm;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/** A VM that the classes of a launcher session share. Lives in the session's store, which closes it. */
@SuppressWarnings("deprecation") // see ClassVms
final class SessionVm implements CloseableResource, AutoCloseable {

    private @Nullable Vm vm;
    private volatile Optional<Duration> kept = Optional.empty();

    /** The shared VM; booted if there is none yet, and anew if an earlier class has ended it. */
    synchronized Vm runningOr(Supplier<Vm> boot) {
        Vm shared = vm;
        if (shared != null && !shared.isRunning()) {
            System.getLogger("dev.unikernel")
                    .log(
                            WARNING,
                            "VM ''{0}'' of the session has ended ({1}); the next class gets a new one",
                            shared.name(),
                            shared.exit().map(exit -> exit.cause()).orElse("no reason is known"));
            vm = null;
            shared.close();
            shared = null;
        }
        if (shared == null) {
            shared = boot.get();
            vm = shared;
        }
        return shared;
    }

    /** Says that a test failed after which the VM is to be held for a time. */
    void keep(Duration time) {
        kept = Optional.of(time);
    }

    @Override
    public synchronized void close() {
        if (vm != null) {
            KeptVm.close(vm, kept);
        }
    }
}
