package dev.unikernel.it;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;

/** Boots the guest of the arguments KERNEL, IMAGE and perhaps {@link #OUTBOUND}, says {@link #READY} and waits for its end, see {@link KilledJvmIT}. */
final class DoomedMain {

    static final String READY = "the guest is ready";

    /** Begins the line on each line that was read: the guest's boot id follows. */
    static final String ANSWER = "the guest answers ";

    /** Lets the guest out. */
    static final String OUTBOUND = "outbound";

    private DoomedMain() {}

    public static void main(String... arguments) throws IOException, InterruptedException {
        VmSpec spec = VmSpec.builder()
                .kernel(Path.of(arguments[0]))
                .image(Path.of(arguments[1]))
                .outbound(List.of(arguments).contains(OUTBOUND))
                .build();
        try (Vm vm = VmLauncher.create().start(spec)) {
            System.out.println(READY + " at " + vm.uri());
            // Ends with the pipe from the test, so that nothing stays where the test dies first.
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
            while (input.readLine() != null) {
                System.out.println(ANSWER + Http.get(vm.uri("/boot-id")).body());
            }
        }
    }
}
