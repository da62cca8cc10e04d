package dev.unikernel.junit;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** The tests that a class has. */
final class TestMethods {

    private TestMethods() {}

    /**
     * Whether every test of a class and of its nested classes carries {@code @Disabled}, itself or on its nested class:
     * JUnit prepares such a class all the same.
     */
    static boolean areAllDisabledIn(Class<?> testClass) {
        boolean ownAreDisabled = ReflectionSupport.findMethods(
                        testClass,
                        method -> AnnotationSupport.isAnnotated(method, Testable.class),
                        HierarchyTraversalMode.TOP_DOWN)
                .stream()
                .allMatch(method -> AnnotationSupport.isAnnotated(method, Disabled.class));
        return ownAreDisabled
                && ReflectionSupport.findNestedClasses(
                                testClass, nested -> AnnotationSupport.isAnnotated(nested, Nested.class))
                        .stream()
                        .allMatch(nested ->
                                AnnotationSupport.isAnnotated(nested, Disabled.class) || areAllDisabledIn(nested));
    }
}
