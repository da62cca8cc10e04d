package com.example.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;

@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
class WebServerIT {

    @VmAddress
    private static URI inStaticField;

    private final URI inConstructor;

    WebServerIT(@VmAddress URI inConstructor) {
        this.inConstructor = inConstructor;
    }

    @Test
    void greets(Vm vm) throws IOException {
        assertEquals("com.example.modules", WebServerIT.class.getModule().getName());
        assertEquals(vm.uri(), inStaticField);
        assertEquals(200, Client.status(inConstructor));
    }
}
