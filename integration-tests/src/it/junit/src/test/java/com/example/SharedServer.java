package com.example;

import dev.unikernel.junit.Scope;
import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.vm.Vm;
import org.junit.jupiter.api.Test;

/** Classes that share one VM for each JVM; whether they do stands in the journal. */
@UnikernelVm(kernel = WebServer.KERNEL, image = WebServer.IMAGE, scope = Scope.SESSION)
abstract class SharedServer {

    @Test
    void meetsTheVmOfTheSession(Vm vm) {
        Guest.note(getClass(), vm);
    }
}
