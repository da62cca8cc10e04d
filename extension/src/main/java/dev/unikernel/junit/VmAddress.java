package dev.unikernel.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Asks for a VM's address at a parameter of a constructor, lifecycle method or test, or at a field (static or not, not
 * final).
 *
 * <p>The type decides the form: {@link String} is the bare IP address, {@link java.net.InetAddress} the same; {@link
 * java.net.InetSocketAddress}, {@link java.net.URI}, {@link java.net.URL} and okhttp's {@code HttpUrl} carry the VM's port.
 * An okhttp {@code OkHttpClient} is one for calls to this VM: its classes are loaded while the VM boots, and its calls are
 * told when a test fails.
 * Where the class has several VMs, {@link VmNamed} says which.
 */
@Target({ElementType.PARAMETER, ElementType.FIELD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface VmAddress {}
