package dev.unikernel.junit;

import dev.unikernel.config.Key;
import dev.unikernel.config.Keys;
import dev.unikernel.config.Settings;
import dev.unikernel.vm.Vm;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Finds or makes what belongs to a context in JUnit's stores. */
final class VmStore {

    private static final Namespace NAMESPACE = Namespace.create(UnikernelVmExtension.class);

    private VmStore() {}

    /** What can be injected in {@code context}: a test's VMs if it is a test's, else its class's. None is started. */
    static Vms of(ExtensionContext context, UnikernelVmExtension extension) {
        return context.getTestMethod().isPresent() ? ofTest(context, extension) : ofClass(context, extension);
    }

    static TestVms ofTest(ExtensionContext context, UnikernelVmExtension extension) {
        ClassVms ofClass = ofClass(context, extension);
        // Not the test's name alone: a repetition's store shows what is in that of the test template around it.
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        context.getUniqueId(),
                        key -> new TestVms(
                                ofClass,
                                declaration -> new StartedOnce(
                                        declaration, new JUnitBoot(declaration.spec(), context, ofClass::networks))),
                        TestVms.class);
    }

    /** The VMs of {@code context}'s test class. */
    static ClassVms ofClass(ExtensionContext context, UnikernelVmExtension extension) {
        ExtensionContext ofClass = classContext(context);
        Class<?> testClass = ofClass.getRequiredTestClass();
        ClassVms outer = ofClass.getParent()
                .filter(parent -> parent.getTestClass().isPresent())
                .map(parent -> ofClass(parent, extension))
                .orElse(null);
        return ofClass.getStore(NAMESPACE)
                .getOrComputeIfAbsent(testClass, key -> declared(ofClass, outer, extension), ClassVms.class);
    }

    /** okhttp's client for a VM, if somebody asked for one; see {@link OkHttpCalls}. */
    static Optional<CallLog> calls(Vm vm, ExtensionContext context) {
        return Optional.ofNullable(context.getStore(NAMESPACE).get(List.of("okhttp", vm), CallLog.class));
    }

    static CallLog calls(Vm vm, ExtensionContext context, Supplier<CallLog> maker) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(List.of("okhttp", vm), key -> maker.get(), CallLog.class);
    }

    /** @param vms whose VM it is to be */
    static DeclaredVm vm(Declaration declaration, ExtensionContext context, ClassVms vms) {
        JUnitBoot boot = new JUnitBoot(
                declaration.spec(),
                context,
                declaration.scope() == Scope.SESSION ? () -> sessionNetworks(context) : vms::networks);
        return switch (declaration.scope()) {
            case CLASS -> new StartedOnce(declaration, boot);
            case METHOD -> new PerTest(declaration);
            case SESSION -> fromSession(declaration, context, boot);
        };
    }

    /** VMs that classes share reach each other, but none of a class: through them, the classes' own VMs would meet. */
    private static Object sessionNetworks(ExtensionContext context) {
        return SessionStore.of(context, NAMESPACE).getOrComputeIfAbsent("networks", key -> new Object());
    }

    private static DeclaredVm fromSession(Declaration declaration, ExtensionContext context, JUnitBoot boot) {
        if (!SessionStore.exists()) {
            throw new ExtensionConfigurationException("VM '" + declaration.name() + "' of "
                    + context.getRequiredTestClass().getName()
                    + " has the scope SESSION, which needs JUnit 5.13 or newer:"
                    + " older ones have nothing that lives for a whole session. Next: use a newer JUnit, or the scope"
                    + " CLASS.");
        }
        // A session's store shows through those of its executions, so the keys differ.
        List<Object> asked = asked(declaration, context);
        List<Object> shared = List.of("VM", asked);
        List<Object> failed = List.of("failed boot", asked);
        return new FromSession(
                declaration,
                () -> SessionStore.of(context, NAMESPACE)
                        .getOrComputeIfAbsent(shared, key -> new SessionVm(), SessionVm.class),
                () -> context.getRoot()
                        .getStore(NAMESPACE)
                        .getOrComputeIfAbsent(failed, key -> new FailedBoot(), FailedBoot.class),
                boot);
    }

    /** Who asks for an equal specification with equal settings gets the same VM. */
    private static List<Object> asked(Declaration declaration, ExtensionContext context) {
        Settings settings = Settings.of(context::getConfigurationParameter);
        List<Object> key = new ArrayList<>(List.of(declaration.spec()));
        for (Key<?> setting : Keys.all()) {
            key.add(settings.describe(setting));
        }
        return key;
    }

    private static ClassVms declared(
            ExtensionContext context, @Nullable ClassVms outer, UnikernelVmExtension extension) {
        Class<?> testClass = context.getRequiredTestClass();
        ClassVms vms = new ClassVms(testClass, outer, extension);
        Settings settings = Settings.of(context::getConfigurationParameter);
        for (UnikernelVm annotation :
                Declarations.nearest(testClass, each -> new AnnotatedSpec(each, testClass, settings).name())) {
            vms.declare(vm(new AnnotatedSpec(annotation, testClass, settings).read(), context, vms));
        }
        for (UnikernelVmExtension registered : registeredIn(testClass)) {
            registered.declaration(settings).ifPresent(declaration -> vms.declare(vm(declaration, context, vms)));
        }
        return vms;
    }

    /** All at once, so that they boot at the same time and each can be injected wherever JUnit begins. */
    private static List<UnikernelVmExtension> registeredIn(Class<?> testClass) {
        List<UnikernelVmExtension> extensions = new ArrayList<>();
        for (Field field : AnnotationSupport.findAnnotatedFields(
                testClass,
                RegisterExtension.class,
                field -> Modifier.isStatic(field.getModifiers())
                        && UnikernelVmExtension.class.isAssignableFrom(field.getType()))) {
            Optional<Object> value =
                    ReflectionSupport.tryToReadFieldValue(field, null).toOptional();
            value.ifPresent(extension -> extensions.add((UnikernelVmExtension) extension));
        }
        return extensions;
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
