package dev.unikernel.junit;

import static java.lang.System.Logger.Level.WARNING;

import dev.unikernel.report.Attachments;
import dev.unikernel.report.TimelineChart;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.MediaType;
import org.junit.platform.commons.JUnitException;

/** Hands to JUnit, and to who reads its output, what is known of the VMs of a test that failed. */
final class FailureEvidence {

    private static final System.Logger LOG = System.getLogger("dev.unikernel");

    /** There if the setting {@code unikernel.capture} asked for it. */
    private static final String CAPTURE = "dhcp.pcap";

    private static final MediaType PCAP = MediaType.create("application", "vnd.tcpdump.pcap");

    private FailureEvidence() {}

    /** Publishes the logs of the VMs that ran, and of one that did not become ready if that is the failure. */
    static void publish(ExtensionContext context, List<DeclaredVm> started, @Nullable Throwable failure) {
        for (DeclaredVm declared : started) {
            Vm vm = declared.started().orElseThrow();
            publish(context, vm.name(), List.of(vm.serialLog(), vm.vmmLog()));
            publishText(context, vm.name() + "-plan.txt", vm.plan() + "\n\n" + TimelineChart.of(vm) + "\n");
            calls(vm, context).ifPresent(calls -> {
                LOG.log(WARNING, "VM ''{0}'' was called by okhttp:\n  {1}", vm.name(), String.join("\n  ", calls));
                publishText(context, vm.name() + "-calls.log", String.join("\n", calls) + "\n");
            });
        }
        if (failure != null) {
            publishFailedStart(context, failure);
            for (Throwable other : failure.getSuppressed()) { // of a VM that was started at the same time
                publishFailedStart(context, other);
            }
        }
    }

    private static void publishFailedStart(ExtensionContext context, Throwable failure) {
        if (failure instanceof VmStartException start) {
            publish(context, start.vmName(), start.logs());
        }
    }

    private static Optional<List<String>> calls(Vm vm, ExtensionContext context) {
        return VmStore.calls(vm, context).map(CallLog::lines).filter(calls -> !calls.isEmpty());
    }

    /** The logs, and what of the network was captured beside them. */
    private static void publish(ExtensionContext context, String vm, List<Path> logs) {
        logs.forEach(log -> publish(context, vm, log, MediaType.TEXT_PLAIN_UTF_8));
        logs.stream()
                .map(log -> log.resolveSibling(CAPTURE))
                .distinct()
                .forEach(capture -> publish(context, vm, capture, PCAP));
    }

    private static void publish(ExtensionContext context, String vm, Path log, MediaType type) {
        if (Files.exists(log)) {
            Attachments.announce(log);
            publish(
                    context,
                    vm + "-" + log.getFileName(),
                    type,
                    file -> Files.copy(log, file, StandardCopyOption.REPLACE_EXISTING));
        }
    }

    private static void publishText(ExtensionContext context, String name, String text) {
        publish(context, name, MediaType.TEXT_PLAIN_UTF_8, file -> Files.writeString(file, text));
    }

    private static void publish(ExtensionContext context, String name, MediaType type, Writing writing) {
        try {
            context.publishFile(name, type, writing::to);
        } catch (JUnitException | UnsupportedOperationException e) {
            // The test's own failure must stay the one that is seen.
            LOG.log(WARNING, "JUnit could not publish " + name, e);
        }
    }

    /** Fills a file. */
    private interface Writing {
        void to(Path file) throws IOException;
    }
}
