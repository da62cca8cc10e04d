package com.example;

import dev.unikernel.junit.UnikernelVm;
import dev.unikernel.vm.Vm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Its guest ends at once, until it was tried. */
@ExtendWith(SecondTryIT.Repair.class)
@UnikernelVm(kernel = WebServer.KERNEL, cmdline = "${guest.does}")
class SecondTryIT {

    @Test
    void passesInTheRerun(Vm vm) {
        Guest.note(getClass(), vm);
    }

    static class Repair implements AfterAllCallback {
        @Override
        public void afterAll(ExtensionContext context) {
            System.setProperty("guest.does", "greeting=again");
        }
    }
}
