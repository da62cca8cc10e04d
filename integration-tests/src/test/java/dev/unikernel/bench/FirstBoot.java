package dev.unikernel.bench;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;

/** The first boot of a JVM: prints the nanoseconds from the call to the guest that is ready. */
final class FirstBoot {

    private FirstBoot() {}

    /** @param args the paths of the guest's kernel and image */
    public static void main(String[] args) {
        VmSpec spec = new Guest(Path.of(args[0]), Path.of(args[1])).spec();
        long started = System.nanoTime();
        Vm vm = VmLauncher.create().start(spec);
        System.out.println(System.nanoTime() - started);
        vm.close();
    }
}
