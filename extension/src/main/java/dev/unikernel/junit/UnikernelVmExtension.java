package dev.unikernel.junit;

import dev.unikernel.vm.VmSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;

/**
 * The extension behind {@link UnikernelVm}; also registered by hand where values are known only at run time:
 *
 * <pre>{@code
 * @RegisterExtension
 * static UnikernelVmExtension vm = UnikernelVmExtension.of(VmSpec.builder().kernel(kernel).image(image).build());
 * }</pre>
 *
 * Injection and life are as described at {@link UnikernelVm}.
 */
public final class UnikernelVmExtension
        implements BeforeAllCallback, BeforeEachCallback, TestInstancePostProcessor, ParameterResolver {

    private final @Nullable VmSpec spec;

    /** For JUnit, which makes the extension of {@link UnikernelVm} itself. */
    public UnikernelVmExtension() {
        this.spec = null;
    }

    private UnikernelVmExtension(VmSpec spec) {
        this.spec = spec;
    }

    /** A VM that serves all the tests of the class in whose static field the extension is registered. */
    public static UnikernelVmExtension of(VmSpec spec) {
        return new UnikernelVmExtension(spec);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ClassVms vms = vms(context);
        if (OkHttpWarmUp.isWorthwhileFor(context.getRequiredTestClass())) {
            OkHttpWarmUp.start();
        }
        vms.startAll();
        FieldInjection.intoStatic(context.getRequiredTestClass(), vms);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (spec != null && !VmStore.of(context, this).hasFrom(this)) {
            throw new ExtensionConfigurationException("the field with UnikernelVmExtension.of(...) in "
                    + context.getRequiredTestClass().getName()
                    + " is not static; a VM lives for a class here. Next: make the field static.");
        }
    }

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) {
        FieldInjection.into(instance, vms(context));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return InjectionPoint.of(parameter).isPresent() && vms(context).isResolvedBy(this);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return InjectionPoint.of(parameter).orElseThrow().resolve(vms(context));
    }

    private ClassVms vms(ExtensionContext context) {
        ClassVms vms = VmStore.of(context, this);
        if (spec != null) {
            VmStore.declare(vms, spec, context, this);
        }
        return vms;
    }
}
