package dev.unikernel.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says which of several VMs is meant: {@code @VmAddress @VmNamed("db") URI}, {@code @VmNamed("db") Vm}. */
@Target({ElementType.PARAMETER, ElementType.FIELD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface VmNamed {

    /** The {@link UnikernelVm#name}. */
    String value();
}
