package dev.unikernel.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
final class ClassVms implements Vms, CloseableResource, AutoCloseable {

    private final Map<String, DeclaredVm> own = new LinkedHashMap<>();
    private final Class<?> testClass;
    private final @Nullable ClassVms outer;
    private final UnikernelVmExtension resolver;
    private final Set<String> failures = ConcurrentHashMap.newKeySet();

    /**
     * @param outer the VMs of the class around {@code testClass}
     * @param firstComer the extension that asks first; where several are registered on a class, it alone resolves the
     *     parameters
     */
    ClassVms(Class<?> testClass, @Nullable ClassVms outer, UnikernelVmExtension firstComer) {
        this.testClass = testClass;
        this.outer = outer;
        this.resolver = outer == null || outer.visible().isEmpty() ? firstComer : outer.resolver;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // this very one
    public boolean isResolvedBy(UnikernelVmExtension extension) {
        return resolver == extension;
    }

    synchronized void declare(DeclaredVm vm) {
        if (own.putIfAbsent(vm.name(), vm) != null) {
            throw new ExtensionConfigurationException(testClass.getName() + " declares two VMs of the name '"
                    + vm.name() + "'. Next: give each its own with the attribute 'name'.");
        }
    }

    /** Whether {@code extension} has declared a VM that this class sees. */
    @SuppressWarnings("ReferenceEquality") // this very one
    boolean hasFrom(UnikernelVmExtension extension) {
        return visible().values().stream().anyMatch(vm -> vm.declaration().declarer() == extension);
    }

    /** Whose networks its VMs share: the outermost class's. */
    Object networks() {
        return outer == null ? this : outer.networks();
    }

    /** Starts the class's own VMs, all at the same time; those of the classes around it were started before. */
    void startAll() {
        ownVms().forEach(vm -> Peers.check(vm.declaration(), visible().values()));
        ParallelBoot.start(
                ownVms().stream().filter(vm -> !(vm instanceof PerTest)).toList());
    }

    /** What a test of the class sees. */
    synchronized Map<String, DeclaredVm> visible() {
        Map<String, DeclaredVm> all = new LinkedHashMap<>(outer == null ? Map.of() : outer.visible());
        all.putAll(own);
        return all;
    }

    @Override
    public Map<String, DeclaredVm> visibleFrom(Class<?> owner) {
        return owner.isAssignableFrom(testClass) || outer == null ? visible() : outer.visibleFrom(owner);
    }

    @Override
    public List<DeclaredVm> started() {
        return visible().values().stream()
                .filter(vm -> vm.started().isPresent())
                .toList();
    }

    /** Whether the failure of a test or of the class itself is told for the first time. */
    boolean isNewFailure(String uniqueId) {
        return failures.add(uniqueId);
    }

    @Override
    public void testFailed() {
        visible().values().forEach(DeclaredVm::testFailed);
    }

    /** Closes the class's own VMs in reverse order; later failures are suppressed in the first. */
    @Override
    public void close() {
        EachVm.closeInReverse(ownVms());
    }

    private synchronized List<DeclaredVm> ownVms() {
        return new ArrayList<>(own.values());
    }
}
