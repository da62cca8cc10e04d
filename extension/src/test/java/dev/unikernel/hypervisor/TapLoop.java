package dev.unikernel.hypervisor;

import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.network.Attachment;
import dev.unikernel.network.Guards;
import dev.unikernel.network.GuestNetwork;
import dev.unikernel.network.NetworkMode;
import dev.unikernel.network.Networks;
import dev.unikernel.network.TapGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A JVM that makes guarded taps, and deletes them again, until it is killed. */
final class TapLoop {

    private TapLoop() {}

    public static void main(String[] args) throws IOException {
        GuestNetwork network = Networks.of(
                NetworkMode.TAP,
                Settings.only(Map.of()),
                Host.current(),
                new Guards(
                        tap -> entry(Guard.ofThisJvm().tap(tap)),
                        (enter, command, output, errors) -> {
                            throw new AssertionError("no process is needed");
                        },
                        folder -> {}));
        Path begun = Path.of(args[0]);
        Files.createFile(begun);
        while (true) {
            try (Attachment attachment = network.attach(List.of(), begun.getParent())) {
                attachment.nic();
            }
        }
    }

    private static TapGuard.Entry entry(Guard.TapEntry guarded) {
        return new TapGuard.Entry() {
            @Override
            public void made(int index) {
                guarded.made(index);
            }

            @Override
            public void close() {
                guarded.close();
            }
        };
    }
}
