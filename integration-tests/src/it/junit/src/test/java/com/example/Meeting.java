package com.example;

import dev.unikernel.vm.Vm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two classes, each with its VM, of which none passes before the other has come, in whichever JVM it is. */
@WebServer
abstract class Meeting {

    private final String other;

    Meeting(String other) {
        this.other = other;
    }

    @Test
    void isAtTheSameTime(Vm vm) throws IOException {
        meet("came");
        Guest.note(getClass(), vm);
        meet("left");
    }

    private void meet(String sign) throws IOException {
        Path folder = Path.of(System.getProperty("journal")).getParent();
        Files.createFile(folder.resolve(getClass().getSimpleName() + "." + sign));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.exists(folder.resolve(other + "." + sign)));
    }
}
