package dev.unikernel.it;

import dev.unikernel.config.Settings;
import dev.unikernel.fixtures.LinuxGuest;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Names this machine's Linux guest by the system properties {@code linux.kernel} (a bzImage), {@code linux.vmlinux} (the
 * same as ELF), {@code linux.initramfs} and {@code linux.cmdline}, and skips the class where there is none or where it
 * cannot boot.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsLinux.Properties.class)
@interface NeedsLinux {

    final class Properties implements ExecutionCondition, BeforeAllCallback {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return LinuxGuest.absence()
                    .or(() -> HardwareKvm.incapacity("Linux", Settings.of(context::getConfigurationParameter)))
                    .map(ConditionEvaluationResult::disabled)
                    .orElseGet(() -> ConditionEvaluationResult.enabled("Linux can boot here"));
        }

        @Override
        public void beforeAll(ExtensionContext context) throws IOException {
            LinuxGuest linux = LinuxGuest.find();
            Path folder = Files.createDirectories(Path.of("target/linux-guest"));
            Path initramfs = linux.initramfs(folder);
            System.setProperty("linux.kernel", linux.kernel().toString());
            System.setProperty(
                    "linux.vmlinux", linux.vmlinux(folder).toAbsolutePath().toString());
            System.setProperty("linux.initramfs", initramfs.toAbsolutePath().toString());
            System.setProperty("linux.cmdline", linux.cmdline());
        }
    }
}
