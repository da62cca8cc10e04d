package dev.unikernel.junit;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.VmSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/**
 * The extension behind {@link UnikernelVm}; also registered by hand where values are known only at run time:
 *
 * <pre>{@code
 * @RegisterExtension
 * static UnikernelVmExtension vm = UnikernelVmExtension.of(VmSpec.builder().kernel(kernel).image(image).build());
 * }</pre>
 *
 * Injection and life are as described at {@link UnikernelVm}. In a field that is not static, the VM lives for one test.
 */
public final class UnikernelVmExtension
        implements ExecutionCondition,
                BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                TestInstancePostProcessor,
                ParameterResolver,
                TestWatcher {

    private final @Nullable VmSpec spec;
    private final Scope scope;

    /** For JUnit, which makes the extension of {@link UnikernelVm} itself. */
    public UnikernelVmExtension() {
        this.spec = null;
        this.scope = Scope.CLASS;
    }

    private UnikernelVmExtension(VmSpec spec, Scope scope) {
        this.spec = spec;
        this.scope = scope;
    }

    /** A VM that serves all the tests of the class in whose static field the extension is registered. */
    public static UnikernelVmExtension of(VmSpec spec) {
        return of(spec, Scope.CLASS);
    }

    /** A VM of another scope. */
    public static UnikernelVmExtension of(VmSpec spec, Scope scope) {
        return new UnikernelVmExtension(spec, scope);
    }

    /** The VM that this extension was made for. */
    Optional<Declaration> declaration(Settings settings) {
        return Optional.ofNullable(spec).map(it -> new Declaration(it, scope, Keeping.from(settings), this));
    }

    /** Skips a class whose VMs this machine cannot have, where the settings want that rather than a failure. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestClass().isEmpty() || context.getTestMethod().isPresent()) {
            return ConditionEvaluationResult.enabled("a matter of its class");
        }
        Settings settings = Settings.of(context::getConfigurationParameter);
        return HypervisorCondition.skipsWhatIsMissing(settings)
                ? HypervisorCondition.evaluate(settings, context)
                : ConditionEvaluationResult.enabled("what is missing fails");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        ClassVms vms = VmStore.ofClass(context, this);
        if (spec != null && !vms.hasFrom(this)) { // in a field of an instance that is there before its class begins
            declaration(Settings.of(context::getConfigurationParameter))
                    .ifPresent(declaration -> vms.declare(VmStore.vm(declaration, context, vms)));
        }
        if (TestMethods.areAllDisabledIn(testClass)) {
            return;
        }
        if (OkHttpWarmUp.isWorthwhileFor(testClass)) {
            OkHttpWarmUp.start();
        }
        vms.startAll();
        FieldInjection.intoStatic(testClass, vms, context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        TestVms vms = VmStore.ofTest(context, this);
        if (spec != null && !VmStore.ofClass(context, this).hasFrom(this)) {
            vms.declare(new Declaration(
                    spec, Scope.METHOD, Keeping.from(Settings.of(context::getConfigurationParameter)), this));
        }
        if (vms.startAll()) {
            // An instance that serves several tests, or was made before this extension was registered, has no VM yet.
            context.getRequiredTestInstances()
                    .getAllInstances()
                    .forEach(instance -> FieldInjection.into(instance, vms, context));
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestVms vms = VmStore.ofTest(context, this);
        tellOfFailure(context, vms);
        vms.restoreNetworks();
    }

    /** Hears of failures that came too early or too late for {@link #afterEach}. */
    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable failure) {
        tellOnce(context, VmStore.ofClass(context, this), failure);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        tellOfFailure(context, VmStore.ofClass(context, this));
    }

    private void tellOfFailure(ExtensionContext context, Vms vms) {
        context.getExecutionException()
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .ifPresent(failure -> tellOnce(context, vms, failure));
    }

    /** JUnit tells of a failure in several ways, and each extension that is registered. */
    private void tellOnce(ExtensionContext context, Vms vms, @Nullable Throwable failure) {
        if (VmStore.ofClass(context, this).isNewFailure(context.getUniqueId())) {
            vms.testFailed();
            FailureEvidence.publish(context, vms.started(), failure);
        }
    }

    @Override
    public void postProcessTestInstance(Object instance, ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        ClassVms vms = VmStore.ofClass(context, this);
        if (context.getTestInstanceLifecycle().equals(Optional.of(TestInstance.Lifecycle.PER_CLASS))
                && FieldInjection.isInStaticOf(testClass)
                && !vms.visible().isEmpty()
                && !TestMethods.areAllDisabledIn(testClass)) {
            // Made before 'beforeAll'; an extension that comes later may want a static field, as Spring does.
            vms.startAll();
            FieldInjection.intoStatic(testClass, vms, context);
        }
        FieldInjection.into(instance, VmStore.of(context, this), context);
    }

    /** The test's own context also where its instance is made, so that a VM of one test can be injected there. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return InjectionPoint.of(parameter).isPresent()
                && VmStore.of(context, this).isResolvedBy(this);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Vms vms = VmStore.of(context, this);
        Class<?> owner = parameter.getDeclaringExecutable().getDeclaringClass();
        return InjectionPoint.of(parameter).orElseThrow().resolve(vms.visibleFrom(owner), context);
    }
}
