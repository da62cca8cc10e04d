package dev.unikernel.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** Starts several VMs at the same time and waits for all of them. */
final class ParallelBoot implements Runnable {

    private final DeclaredVm vm;
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;
    private volatile @Nullable Error error;

    private ParallelBoot(DeclaredVm vm) {
        this.vm = vm;
        this.thread = new Thread(this, "unikernel-boot-" + vm.name());
        thread.setDaemon(true);
    }

    /**
     * Starts those that are not started yet. An interrupt ends all of these boots.
     *
     * @throws RuntimeException of a boot that failed, the first in the list; the others are suppressed in it. A failure
     *     goes before an abortion for a missing prerequisite.
     */
    static void start(List<DeclaredVm> vms) {
        if (vms.size() == 1) {
            vms.get(0).get();
            return;
        }
        List<ParallelBoot> boots = vms.stream().map(ParallelBoot::new).toList();
        boots.forEach(boot -> boot.thread.start());
        awaitAll(boots);
        List<RuntimeException> failures = new ArrayList<>();
        for (ParallelBoot boot : boots) {
            if (boot.error != null) {
                throw boot.error;
            }
            Optional.ofNullable(boot.failure).ifPresent(failures::add);
        }
        first(failures).ifPresent(first -> {
            failures.stream().filter(other -> !other.equals(first)).forEach(first::addSuppressed);
            throw first;
        });
    }

    @Override
    public void run() {
        try {
            vm.get();
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            error = e;
        }
    }

    /** To the end of each: what a boot has begun when it is interrupted, it takes away itself. */
    private static void awaitAll(List<ParallelBoot> boots) {
        boolean interrupted = false;
        for (ParallelBoot boot : boots) {
            while (boot.thread.isAlive()) {
                try {
                    boot.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    boots.forEach(each -> each.thread.interrupt());
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<RuntimeException> first(List<RuntimeException> failures) {
        return failures.stream()
                .filter(failure -> !(failure instanceof TestAbortedException))
                .findFirst()
                .or(() -> failures.stream().findFirst());
    }
}
