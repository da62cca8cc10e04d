package com.example.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.junit.VmAddress;
import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Named like no test of Surefire's: only the console launcher runs it. */
@UnikernelVm(kernel = "classpath:dev/unikernel/fixtures/fixture.elf", image = "classpath:dev/unikernel/fixtures/hello.img")
class WebServerTests {

    @VmAddress
    private static URI inStaticField;

    @Test
    void greets(Vm vm, @VmAddress URI uri) throws IOException {
        assertEquals(System.getProperty("expected.module"), UnikernelVm.class.getModule().getName());
        assertEquals(vm.uri(), inStaticField);
        assertEquals(200, ((HttpURLConnection) uri.toURL().openConnection()).getResponseCode());
    }
}
