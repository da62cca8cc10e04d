package dev.unikernel.junit;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.VmSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.platform.commons.support.AnnotationSupport;

/** Finds or makes the {@link ClassVms} of a test class in JUnit's stores. */
final class VmStore {

    private static final Namespace NAMESPACE = Namespace.create(UnikernelVmExtension.class);

    private VmStore() {}

    /** The VMs of {@code context}'s test class, each declared but not yet started. */
    static ClassVms of(ExtensionContext context, UnikernelVmExtension extension) {
        ExtensionContext ofClass = classContext(context);
        Class<?> testClass = ofClass.getRequiredTestClass();
        ClassVms outer = ofClass.getParent()
                .filter(parent -> parent.getTestClass().isPresent())
                .map(parent -> of(parent, extension))
                .orElse(null);
        Store store = ofClass.getStore(NAMESPACE);
        return store.getOrComputeIfAbsent(testClass, key -> declared(ofClass, outer, extension), ClassVms.class);
    }

    /** Adds the VM of an extension that was registered by hand, unless it was added before. */
    static void declare(ClassVms vms, VmSpec spec, ExtensionContext context, UnikernelVmExtension extension) {
        if (!vms.hasFrom(extension)) {
            vms.declare(new DeclaredVm(spec.name(), extension, new JUnitBoot(spec, context)));
        }
    }

    private static ClassVms declared(
            ExtensionContext context, @Nullable ClassVms outer, UnikernelVmExtension extension) {
        Class<?> testClass = context.getRequiredTestClass();
        ClassVms vms = new ClassVms(testClass, outer, extension);
        Settings settings = Settings.of(context::getConfigurationParameter);
        for (VmSpec spec : nearestByName(testClass, settings).values()) {
            vms.declare(new DeclaredVm(spec.name(), testClass, new JUnitBoot(spec, context)));
        }
        return vms;
    }

    /** JUnit finds annotations from the top of the hierarchy down, so a later one of the same name is nearer. */
    private static Map<String, VmSpec> nearestByName(Class<?> testClass, Settings settings) {
        rejectTwinsOn(testClass, settings);
        Map<String, VmSpec> byName = new LinkedHashMap<>();
        for (UnikernelVm annotation : AnnotationSupport.findRepeatableAnnotations(testClass, UnikernelVm.class)) {
            VmSpec spec = new AnnotatedSpec(annotation, testClass, settings).read();
            byName.put(spec.name(), spec);
        }
        return byName;
    }

    private static void rejectTwinsOn(Class<?> testClass, Settings settings) {
        ClassVms direct = new ClassVms(testClass, null, testClass);
        for (UnikernelVm annotation : testClass.getDeclaredAnnotationsByType(UnikernelVm.class)) {
            String name = new AnnotatedSpec(annotation, testClass, settings).name();
            direct.declare(new DeclaredVm(name, testClass, () -> {
                throw new IllegalStateException("only its name is looked at");
            }));
        }
    }

    /** The topmost context of the same test class: invocations of a parameterized class have contexts of their own. */
    private static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext ofClass = context;
        Optional<ExtensionContext> parent = context.getParent();
        while (parent.isPresent() && parent.get().getTestClass().equals(context.getTestClass())) {
            ofClass = parent.get();
            parent = ofClass.getParent();
        }
        return ofClass;
    }
}
