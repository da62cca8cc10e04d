package dev.unikernel.bench;

import dev.unikernel.vm.Vm;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmSpec;
import java.nio.file.Path;

/** The first boot of a JVM: prints the nanoseconds that {@link VmLauncher#start} takes. */
final class FirstBoot {

    private FirstBoot() {}

    /** @param args the paths of the guest's kernel and image, and the network mode */
    public static void main(String[] args) {
        System.setProperty("unikernel.network", args[2]);
        VmSpec spec = new Guest(Path.of(args[0]), Path.of(args[1])).spec();
        VmLauncher launcher = VmLauncher.create();
        long started = System.nanoTime();
        Vm vm = launcher.start(spec);
        System.out.println(System.nanoTime() - started);
        vm.close();
    }
}
