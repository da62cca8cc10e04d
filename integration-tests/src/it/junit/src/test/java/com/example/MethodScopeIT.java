package com.example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unikernel.junit.Scope;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.vm.Vm;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;

@UnikernelVm(kernel = WebServer.KERNEL, image = WebServer.IMAGE, scope = Scope.METHOD)
class MethodScopeIT {

    private static final Set<String> BOOT_IDS = new HashSet<>();

    @RepeatedTest(2)
    void bootsForEachTest(Vm vm) {
        Guest.note(getClass(), vm);
        assertTrue(BOOT_IDS.add(Guest.bootId(vm.uri())));
    }
}
