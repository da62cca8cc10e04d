package dev.unikernel.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Puts VMs and their addresses into the fields that ask for them. */
final class FieldInjection {

    private FieldInjection() {}

    static boolean isInStaticOf(Class<?> testClass) {
        return !askingFields(testClass, true).isEmpty();
    }

    static void intoStatic(Class<?> testClass, Vms vms, ExtensionContext context) {
        for (Field field : askingFields(testClass, true)) {
            InjectionPoint point = InjectionPoint.of(field).orElseThrow();
            set(field, null, point.resolve(vms.visibleFrom(field.getDeclaringClass()), context));
        }
    }

    /** Leaves out what is not there before a test begins: it comes with the test. */
    static void into(Object instance, Vms vms, ExtensionContext context) {
        for (Field field : askingFields(instance.getClass(), false)) {
            InjectionPoint point = InjectionPoint.of(field).orElseThrow();
            Map<String, DeclaredVm> visible = vms.visibleFrom(instance.getClass());
            if (!point.isForATestOnly(visible)) {
                set(field, instance, point.resolve(visible, context));
            }
        }
    }

    private static List<Field> askingFields(Class<?> testClass, boolean isStatic) {
        List<Field> fields = ReflectionSupport.findFields(
                testClass,
                field -> Modifier.isStatic(field.getModifiers()) == isStatic
                        && InjectionPoint.of(field).isPresent(),
                HierarchyTraversalMode.TOP_DOWN);
        fields.forEach(FieldInjection::rejectFinal);
        return fields;
    }

    private static void rejectFinal(Field field) {
        if (Modifier.isFinal(field.getModifiers())) {
            throw new ExtensionConfigurationException(
                    "field [" + field + "] is final, so nothing can be injected. Next: remove 'final'.");
        }
    }

    private static void set(Field field, @Nullable Object instance, Object value) {
        try {
            ReflectionSupport.makeAccessible(field).set(instance, value);
        } catch (IllegalAccessException e) {
            throw new ExtensionConfigurationException("field [" + field + "] cannot be set", e);
        }
    }
}
