package dev.unikernel.junit;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** A start as the settings of the test run ask for it: what is missing on this machine fails the class or skips it. */
record JUnitBoot(VmSpec spec, ExtensionContext context, Supplier<Object> networks) implements Supplier<Vm> {

    private static final System.Logger LOG = System.getLogger("dev.unikernel");

    @Override
    public Vm get() {
        Settings settings = Settings.of(context::getConfigurationParameter);
        try {
            Vm vm = VmLauncher.create(settings).withNetworksOf(networks.get()).start(spec);
            LOG.log(System.Logger.Level.DEBUG, () -> vm.plan() + "\n" + vm + ": " + vm.timeline());
            vm.plan().fallback().ifPresent(RunSummary::fellBack);
            return vm;
        } catch (VmStartException.PrerequisiteMissing e) {
            if (HypervisorCondition.skipsWhatIsMissing(settings)) {
                RunSummary.skipped(context.getRequiredTestClass(), e);
                throw new TestAbortedException(e.getMessage(), e);
            }
            throw e;
        }
    }
}
