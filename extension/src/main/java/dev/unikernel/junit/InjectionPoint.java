package dev.unikernel.junit;

import dev.unikernel.vm.Vm;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * A parameter or field that asks for a VM or its address.
 *
 * @param where for messages: {@code "parameter 'uri' of ..."}
 * @param name the VM that {@link VmNamed} asks for
 * @param wantsAddress whether {@link VmAddress} is there
 */
record InjectionPoint(String where, Class<?> type, Optional<String> name, boolean wantsAddress) {

    /** Empty if the parameter is none of ours. */
    static Optional<InjectionPoint> of(ParameterContext parameter) {
        return of(
                "parameter [" + parameter.getParameter() + "] of " + parameter.getDeclaringExecutable(),
                parameter.getParameter().getType(),
                parameter.findAnnotation(VmNamed.class).map(VmNamed::value),
                parameter.isAnnotated(VmAddress.class));
    }

    /** Empty if the field is none of ours; a final one without our annotations is its constructor's. */
    static Optional<InjectionPoint> of(Field field) {
        Optional<String> name =
                AnnotationSupport.findAnnotation(field, VmNamed.class).map(VmNamed::value);
        boolean wantsAddress = AnnotationSupport.isAnnotated(field, VmAddress.class);
        boolean isConstructors = Modifier.isFinal(field.getModifiers()) && name.isEmpty() && !wantsAddress;
        return isConstructors ? Optional.empty() : of("field [" + field + "]", field.getType(), name, wantsAddress);
    }

    private static Optional<InjectionPoint> of(
            String where, Class<?> type, Optional<String> name, boolean wantsAddress) {
        return type == Vm.class || wantsAddress || name.isPresent()
                ? Optional.of(new InjectionPoint(where, type, name, wantsAddress))
                : Optional.empty();
    }

    /**
     * The value; starts the VM if it is not running yet.
     *
     * @throws ParameterResolutionException if the type, the annotations or the name do not fit
     */
    Object resolve(Map<String, DeclaredVm> visible, ExtensionContext context) {
        if (type == Vm.class) {
            if (wantsAddress) {
                throw error("@VmAddress on a Vm makes no sense: a Vm is the handle, not its address. Next: remove it.");
            }
            return choose(visible).get();
        }
        if (!wantsAddress) {
            throw error("@VmNamed needs @VmAddress beside it, or the type Vm. Next: add @VmAddress.");
        }
        if (OkHttpForms.isClient(type)) {
            return OkHttpCalls.client(choose(visible).get(), context);
        }
        if (!AddressForms.isKnown(type)) {
            throw error("an address can be injected as one of " + AddressForms.KNOWN + ", but the type is "
                    + type.getName() + ".");
        }
        return AddressForms.of(choose(visible).get(), type);
    }

    /** Whether the VM is one that is not there before a test begins. */
    boolean isForATestOnly(Map<String, DeclaredVm> visible) {
        return choose(visible) instanceof PerTest;
    }

    private DeclaredVm choose(Map<String, DeclaredVm> visible) {
        if (visible.isEmpty()) {
            throw error("the class declares no VM. Next: add @UnikernelVm.");
        }
        if (name.isPresent()) {
            DeclaredVm named = visible.get(name.get());
            if (named == null) {
                throw error("there is no VM named '" + name.get() + "'; the names are " + visible.keySet() + ".");
            }
            return named;
        }
        if (visible.size() > 1) {
            throw error("several VMs could be meant: " + visible.keySet() + ". Next: say which with @VmNamed.");
        }
        return visible.values().iterator().next();
    }

    private ParameterResolutionException error(String problem) {
        return new ParameterResolutionException(where + ": " + problem);
    }
}
