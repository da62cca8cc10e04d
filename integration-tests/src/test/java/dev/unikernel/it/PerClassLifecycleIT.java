package dev.unikernel.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.Vm;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** JUnit makes the instance of such a class before it calls {@code beforeAll}: the VM must be there still. */
@GuestTest
@UnikernelVm(kernel = Guests.KERNEL, image = Guests.IMAGE)
@TestInstance(Lifecycle.PER_CLASS)
class PerClassLifecycleIT {

    private final Vm fromConstructor;

    @VmAddress
    private URI field;

    PerClassLifecycleIT(Vm vm) {
        this.fromConstructor = vm;
    }

    @Test
    void constructorFieldsAndParametersGetTheSameVm(Vm vm, @VmAddress URI uri) throws Exception {
        assertThat(vm).isSameAs(fromConstructor);
        assertThat(uri).isEqualTo(field);
        assertThat(Http.get(uri).statusCode()).isEqualTo(200);
    }
}
