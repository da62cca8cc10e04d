package dev.unikernel.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a guest must show before its tests begin. Part of {@link UnikernelVm}. */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Readiness {

    /** The sign that is awaited. */
    Kind kind() default Kind.HTTP;

    /** For {@link Kind#HTTP}: the path that is asked for. Default: {@code "/"}. */
    String path() default "";

    /** For {@link Kind#HTTP}: the status that must come, 100 to 599. Default: any. */
    int status() default -1;

    /** For {@link Kind#SERIAL}: the regular expression that must be found in a line. Required there. */
    String pattern() default "";

    /** The signs that can be awaited. All wait for the DHCP lease first. */
    enum Kind {
        /** An HTTP answer on the VM's port. */
        HTTP,
        /** An accepted TCP connection on the VM's port; not in the network mode {@code user}, where a forwarder accepts. */
        TCP,
        /** A line on the serial console. */
        SERIAL,
        /** The DHCP lease itself. */
        LEASE
    }
}
