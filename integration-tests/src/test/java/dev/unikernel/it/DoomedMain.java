package dev.unikernel.it;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Path;

/** Boots the guest of the arguments KERNEL and IMAGE, says {@link #READY} and waits for its end, see {@link KilledJvmIT}. */
final class DoomedMain {

    static final String READY = "the guest is ready";

    private DoomedMain() {}

    public static void main(String... arguments) throws IOException {
        VmSpec spec = VmSpec.builder()
                .kernel(Path.of(arguments[0]))
                .image(Path.of(arguments[1]))
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            System.out.println(READY + " at " + vm.uri());
            // Ends with the pipe from the test, so that nothing stays where the test dies first.
            System.in.read();
        }
    }
}
