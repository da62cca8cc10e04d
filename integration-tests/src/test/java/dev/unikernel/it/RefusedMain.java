package dev.unikernel.it;

import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import dev.unikernel.vm.VmStartException;
import java.nio.file.Path;

/** Starts a VM that cannot be started, of the arguments KERNEL and perhaps {@code outbound}, and prints the exception. */
final class RefusedMain {

    private RefusedMain() {}

    public static void main(String... arguments) {
        VmSpec spec = VmSpec.builder()
                .kernel(Path.of(arguments[0]))
                .outbound(arguments.length > 1)
                .build();
        try {
            VmLauncher.create().start(spec).close();
            System.out.println("started");
        } catch (VmStartException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
