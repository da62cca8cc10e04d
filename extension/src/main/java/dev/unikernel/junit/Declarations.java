package dev.unikernel.junit;

import java.lang.annotation.Annotation;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * The annotations {@link UnikernelVm} of a class, its superclasses and interfaces, and of annotations on these; the nearest
 * of each name.
 *
 * <p>Neither Java nor JUnit finds them all: Java inherits one {@link UnikernelVm} and the container of several as two
 * annotations that do not hide each other, and one hides another of the same kind whatever its name is.
 */
final class Declarations {

    /** @param where the class that carries it, or the annotation on which it stands */
    private record Found(UnikernelVm annotation, Class<?> where) {}

    private final Function<UnikernelVm, String> name;

    private Declarations(Function<UnikernelVm, String> name) {
        this.name = name;
    }

    /**
     * By name, the farthest first.
     *
     * @param name reads an annotation's name
     * @throws ExtensionConfigurationException if two of the same name are equally near
     */
    static List<UnikernelVm> nearest(Class<?> testClass, Function<UnikernelVm, String> name) {
        return new Declarations(name)
                .of(testClass).values().stream().map(Found::annotation).toList();
    }

    private Map<String, Found> of(Class<?> type) {
        Map<String, Found> nearer = new LinkedHashMap<>();
        if (type.getSuperclass() != null && type.getSuperclass() != Object.class) {
            nearer.putAll(of(type.getSuperclass()));
        }
        Map<String, Found> direct = directlyOn(type, type);
        nearer.putAll(metaPresentOn(type, direct.keySet()));
        nearer.putAll(direct);
        Map<String, Found> all = new LinkedHashMap<>();
        for (Class<?> parent : type.getInterfaces()) {
            addTo(all, of(parent), nearer.keySet(), type);
        }
        all.putAll(nearer);
        return all;
    }

    private Map<String, Found> directlyOn(Class<?> carrier, Class<?> type) {
        Map<String, Found> found = new LinkedHashMap<>();
        for (UnikernelVm annotation : carrier.getDeclaredAnnotationsByType(UnikernelVm.class)) {
            if (found.put(name.apply(annotation), new Found(annotation, carrier)) != null) {
                throw twins(type, name.apply(annotation), carrier, carrier);
            }
        }
        return found;
    }

    /** On the annotations of a type: what stands directly on one is nearer than what stands on its own annotations. */
    private Map<String, Found> metaPresentOn(Class<?> type, Set<String> nearer) {
        Map<String, Found> found = new LinkedHashMap<>();
        for (Annotation annotation : type.getDeclaredAnnotations()) {
            addTo(found, of(annotation.annotationType(), new HashSet<>(), type), nearer, type);
        }
        return found;
    }

    private Map<String, Found> of(Class<? extends Annotation> annotation, Set<Class<?>> seen, Class<?> type) {
        Map<String, Found> found = new LinkedHashMap<>();
        if (annotation.getPackageName().startsWith("java.lang") || !seen.add(annotation)) {
            return found;
        }
        Map<String, Found> direct = directlyOn(annotation, type);
        for (Annotation meta : annotation.getDeclaredAnnotations()) {
            addTo(found, of(meta.annotationType(), seen, type), direct.keySet(), type);
        }
        found.putAll(direct);
        return found;
    }

    /** Adds what is equally near, but for what something nearer replaces. */
    private static void addTo(Map<String, Found> all, Map<String, Found> more, Set<String> nearer, Class<?> type) {
        more.forEach((name, found) -> {
            if (nearer.contains(name)) {
                return;
            }
            Found other = all.putIfAbsent(name, found);
            // One that is reached on two ways, as an interface of two interfaces is, is one.
            if (other != null && !other.equals(found)) {
                throw twins(type, name, other.where(), found.where());
            }
        });
    }

    private static ExtensionConfigurationException twins(Class<?> type, String name, Class<?> one, Class<?> other) {
        String where = one == other
                ? one == type ? "" : " (on " + one.getName() + ")"
                : " (on " + one.getName() + " and on " + other.getName() + ", neither of which is nearer)";
        return new ExtensionConfigurationException(type.getName() + " declares two VMs of the name '" + name + "'"
                + where + ". Next: give each its own with the attribute 'name'.");
    }
}
