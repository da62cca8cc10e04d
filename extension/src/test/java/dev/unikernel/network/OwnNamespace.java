package dev.unikernel.network;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Each test method of the class runs in a JVM of its own inside a fresh network namespace (and PID namespace, so that
 * nothing outlives it), where it may do to the network what it likes. Aborted where such a namespace cannot be made.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NamespaceExtension.class)
public @interface OwnNamespace {

    /** Whether all methods of the class begin at once: for those that wait for most of their time. */
    boolean concurrent() default false;
}
