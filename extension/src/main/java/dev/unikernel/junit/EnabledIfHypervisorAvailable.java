package dev.unikernel.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a class or a test only where this machine can run VMs with the settings as they are, and skips it elsewhere with the
 * reason and its remedy. Where {@code unikernel.required} is {@code true}, it fails instead.
 *
 * <p>On a class with {@link UnikernelVm} it does what {@code unikernel.whenUnavailable=skip} does for all of them. It may
 * stand on annotations of yours.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(HypervisorCondition.class)
public @interface EnabledIfHypervisorAvailable {

    /**
     * The hypervisor that must be there, as the setting {@code unikernel.hypervisor} names it: {@code "cloud-hypervisor"} or
     * {@code "qemu"}. Default: any that the settings allow.
     */
    String value() default "";
}
