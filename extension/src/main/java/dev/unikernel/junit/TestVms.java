package dev.unikernel.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/** The VMs that one test sees: those of its class, and its own of {@link Scope#METHOD}. Lives in the test's store. */
@SuppressWarnings("deprecation") // see ClassVms
final class TestVms implements Vms, CloseableResource, AutoCloseable {

    private final ClassVms ofClass;
    private final Function<Declaration, StartedOnce> maker;
    private final Map<Declaration, StartedOnce> own = new LinkedHashMap<>();
    private final Map<String, StartedOnce> registered = new LinkedHashMap<>();

    /** @param maker makes a VM for this test */
    TestVms(ClassVms ofClass, Function<Declaration, StartedOnce> maker) {
        this.ofClass = ofClass;
        this.maker = maker;
    }

    @Override
    public boolean isResolvedBy(UnikernelVmExtension extension) {
        return ofClass.isResolvedBy(extension);
    }

    /** Adds the VM of an extension that is registered in a field of the test instance. */
    synchronized void declare(Declaration declaration) {
        if (ofClass.visible().containsKey(declaration.name()) || registered.containsKey(declaration.name())) {
            throw new ExtensionConfigurationException("the test has two VMs of the name '" + declaration.name()
                    + "', one of them from an extension that is registered in a field. Next: give each its own name.");
        }
        registered.put(declaration.name(), own.computeIfAbsent(declaration, maker));
    }

    /** Starts the test's own VMs, all at the same time; says whether it has any. */
    boolean startAll() {
        List<DeclaredVm> vms = visible(ofClass.visible()).values().stream()
                .filter(vm -> vm.declaration().scope() == Scope.METHOD)
                .toList();
        vms.forEach(
                vm -> Peers.check(vm.declaration(), visible(ofClass.visible()).values()));
        ParallelBoot.start(vms);
        return !vms.isEmpty();
    }

    @Override
    public Map<String, DeclaredVm> visibleFrom(Class<?> owner) {
        return visible(ofClass.visibleFrom(owner));
    }

    private synchronized Map<String, DeclaredVm> visible(Map<String, DeclaredVm> ofOwner) {
        Map<String, DeclaredVm> all = new LinkedHashMap<>(ofOwner);
        all.replaceAll(
                (name, vm) -> vm instanceof PerTest perTest ? own.computeIfAbsent(perTest.declaration(), maker) : vm);
        all.putAll(registered);
        return all;
    }

    @Override
    public List<DeclaredVm> started() {
        return visible(ofClass.visible()).values().stream()
                .filter(vm -> vm.started().isPresent())
                .toList();
    }

    /** Ends the faults of all links, for the test after this one; later failures are suppressed in the first. */
    void restoreNetworks() {
        EachVm.forEach(started(), vm -> vm.started()
                .ifPresent(running -> running.network().restore()));
    }

    @Override
    public void testFailed() {
        ofClass.testFailed();
        ownVms().forEach(DeclaredVm::testFailed);
    }

    @Override
    public void close() {
        EachVm.closeInReverse(ownVms());
    }

    private synchronized List<StartedOnce> ownVms() {
        return new ArrayList<>(own.values());
    }
}
