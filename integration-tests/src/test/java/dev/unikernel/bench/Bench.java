package dev.unikernel.bench;

import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares our boots of the fixture guest with those of others, on each hypervisor that this machine has:
 *
 * <ul>
 *   <li>{@code overhead-warm}: a boot in a warm JVM, against the bare VMM and a poller in C
 *   <li>{@code overhead-first}: the first boot of a JVM, from the call of the launcher, against the same
 *   <li>{@code verdict-...}: from what ends a guest to our verdict, against a look at process and serial log: see {@link
 *       Ending}
 *   <li>{@code manual}: a boot in a warm JVM, against ISC dhcpd with its defaults and a loop of curl
 * </ul>
 *
 * <p>Prints a table in milliseconds and writes medians and 99th percentiles as JSON. Judges nothing: that a goal was missed is said in the
 * table, and a test of times would fail on the next busy machine.
 */
final class Bench {

    private static final Goal WARM = new Goal.AtMostSlowerBy(25);
    private static final Goal FIRST = new Goal.AtMostSlowerBy(200);
    private static final Goal VERDICT = new Goal.AtMostSlowerBy(25);
    private static final Goal MANUAL = new Goal.TimesFaster(5);
    private static final int RUNS = 40;
    private static final int SLOW_RUNS = 20;

    private final Tools tools;
    private final Guest guest;
    private final List<Comparison> comparisons = new ArrayList<>();

    private Bench(Tools tools, Guest guest) {
        this.tools = tools;
        this.guest = guest;
    }

    /** @param args the folder of the scripts, the folder of the compiled programs and scratch files, the JSON file */
    public static void main(String[] args) throws IOException {
        Tools tools = new Tools(Path.of(args[0]), Path.of(args[1]));
        Bench bench = new Bench(tools, Guest.in(tools.built()));
        System.setProperty("unikernel.network", "tap");
        System.out.println(Comparison.heading());
        bench.measure("qemu");
        try {
            bench.measure("cloud-hypervisor");
        } catch (VmStartException.PrerequisiteMissing missing) {
            System.out.println("NOT MEASURED on Cloud Hypervisor: " + missing.getMessage());
        }
        Files.writeString(Path.of(args[2]), bench.json());
    }

    private void measure(String hypervisor) {
        System.setProperty("unikernel.hypervisor", hypervisor);
        WarmLauncher warm = new WarmLauncher(guest);
        Witness witness = warm.warmUp();
        try (BareVmm bare = BareVmm.start(tools, witness, guest.image())) {
            bare.boot(); // its first one waits for its JVM
            add(Comparison.of("overhead-warm", witness.hypervisor(), WARM, RUNS, warm, bare));
            add(Comparison.of("overhead-first", witness.hypervisor(), FIRST, SLOW_RUNS, new FreshJvm(guest), bare));
        }
        for (Ending ending : Ending.values()) {
            add(ending.compare(witness.hypervisor(), VERDICT, RUNS, guest));
        }
        ManualFlow manual = ManualFlow.of(tools, witness.command(), guest.image());
        add(Comparison.of("manual", witness.hypervisor(), MANUAL, SLOW_RUNS, warm, manual));
    }

    private void add(Comparison comparison) {
        comparisons.add(comparison);
        System.out.println(comparison.row());
    }

    private String json() {
        return comparisons.stream().map(Comparison::json).collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }
}
