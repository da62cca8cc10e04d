package dev.unikernel.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/**
 * The VMs that one test class declares, seen on top of those of the classes around it. Lives in the class's store, which
 * closes it.
 *
 * <p>JUnit before 5.13 closes only a {@code CloseableResource}; later versions warn of one that is not also an {@link
 * AutoCloseable}: so it is both.
 */
@SuppressWarnings("deprecation")
final class ClassVms implements CloseableResource, AutoCloseable {

    private final Map<String, DeclaredVm> own = new LinkedHashMap<>();
    private final Class<?> testClass;
    private final @Nullable ClassVms outer;
    private final Object resolver;

    /**
     * @param outer the VMs of the class around {@code testClass}
     * @param firstComer the extension that asks first; where several are registered on a class, it alone resolves the
     *     parameters, because JUnit allows only one resolver for each
     */
    ClassVms(Class<?> testClass, @Nullable ClassVms outer, Object firstComer) {
        this.testClass = testClass;
        this.outer = outer;
        this.resolver = outer == null || outer.visible().isEmpty() ? firstComer : outer.resolver;
    }

    @SuppressWarnings("ReferenceEquality") // this very one
    boolean isResolvedBy(Object extension) {
        return resolver == extension;
    }

    synchronized void declare(DeclaredVm vm) {
        if (own.putIfAbsent(vm.name(), vm) != null) {
            throw new ExtensionConfigurationException(testClass.getName() + " declares two VMs of the name '"
                    + vm.name() + "'. Next: give each its own with the attribute 'name'.");
        }
    }

    /** Whether {@code declarer} has declared a VM that this class sees. */
    @SuppressWarnings("ReferenceEquality") // this very one
    boolean hasFrom(Object declarer) {
        return visible().values().stream().anyMatch(vm -> vm.declarer() == declarer);
    }

    /** Starts the class's own VMs; those of the classes around it were started before. */
    void startAll() {
        ownVms().forEach(DeclaredVm::get);
    }

    /** The VMs that a test of the class sees, by name: an own one hides an outer one of the same name. */
    synchronized Map<String, DeclaredVm> visible() {
        Map<String, DeclaredVm> all = new LinkedHashMap<>(outer == null ? Map.of() : outer.visible());
        all.putAll(own);
        return all;
    }

    /** Closes the class's own VMs in reverse order; later failures are suppressed in the first. */
    @Override
    public void close() {
        List<DeclaredVm> vms = ownVms();
        RuntimeException failure = null;
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

    private synchronized List<DeclaredVm> ownVms() {
        return new ArrayList<>(own.values());
    }
}
