package dev.unikernel.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Puts VMs and their addresses into the fields that ask for them. */
final class FieldInjection {

    private FieldInjection() {}

    static void intoStatic(Class<?> testClass, ClassVms vms) {
        for (Field field : askingFields(testClass, true)) {
            set(field, null, vms);
        }
    }

    static void into(Object instance, ClassVms vms) {
        for (Field field : askingFields(instance.getClass(), false)) {
            set(field, instance, vms);
        }
    }

    private static List<Field> askingFields(Class<?> testClass, boolean isStatic) {
        return ReflectionSupport.findFields(
                testClass,
                field -> Modifier.isStatic(field.getModifiers()) == isStatic
                        && InjectionPoint.of(field).isPresent(),
                HierarchyTraversalMode.TOP_DOWN);
    }

    private static void set(Field field, @Nullable Object instance, ClassVms vms) {
        if (Modifier.isFinal(field.getModifiers())) {
            throw new ExtensionConfigurationException(
                    "field [" + field + "] is final, so nothing can be injected. Next: remove 'final'.");
        }
        Object value = InjectionPoint.of(field).orElseThrow().resolve(vms);
        try {
            ReflectionSupport.makeAccessible(field).set(instance, value);
        } catch (IllegalAccessException e) {
            throw new ExtensionConfigurationException("field [" + field + "] cannot be set", e);
        }
    }
}
