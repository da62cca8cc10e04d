package dev.unikernel.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips the class where there is no Linux kernel that configures its network itself: the environment variable {@code
 * LINUX_IP_PNP_KERNEL} names one, an ELF file with a PVH note, that was built with {@code CONFIG_IP_PNP_DHCP} and {@code
 * CONFIG_IP_PNP_BOOTP} and has virtio's drivers in it. It is booted with the initramfs of {@link NeedsLinux}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsLinux
@ExtendWith(NeedsIpPnp.Found.class)
@interface NeedsIpPnp {

    final class Found implements ExecutionCondition {

        static Path kernel() {
            return Path.of(System.getenv("LINUX_IP_PNP_KERNEL"));
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return System.getenv("LINUX_IP_PNP_KERNEL") == null
                    ? ConditionEvaluationResult.disabled("no Linux kernel with ip=dhcp: the environment variable"
                            + " LINUX_IP_PNP_KERNEL names none")
                    : ConditionEvaluationResult.enabled("there is a Linux kernel with ip=dhcp");
        }
    }
}
