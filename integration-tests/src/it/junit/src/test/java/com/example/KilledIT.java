package com.example;

import dev.unikernel.vm.Vm;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

@WebServer
class KilledIT {

    @Test
    void killsItsJvm(Vm vm) throws Exception {
        Guest.note(getClass(), vm);
        new ProcessBuilder("kill", "-KILL", "" + ProcessHandle.current().pid()).start();
        new CountDownLatch(1).await();
    }
}
