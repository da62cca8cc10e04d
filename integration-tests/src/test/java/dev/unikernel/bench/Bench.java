package dev.unikernel.bench;

import dev.unikernel.config.Settings;
import dev.unikernel.vm.VmLauncher;
import dev.unikernel.vm.VmStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Compares our boots of the fixture guest with those of others, on each hypervisor that this machine has:
 *
 * <ul>
 *   <li>{@code overhead-warm}: a boot in a warm JVM, against the bare VMM and a poller in C
 *   <li>{@code overhead-first}: the first boot of a JVM, from the call of the launcher, against the same
 *   <li>{@code verdict-...}: from what ends a guest to our verdict, against a look at process and serial log: see {@link
 *       Ending}
 *   <li>{@code namespace-first}, {@code namespace-warm}: boots in the network mode {@code namespace}, against those with
 *       {@code tap}
 *   <li>{@code relay-request}, {@code relay-30000-bytes}: a request over a kept connection and its answer, of 1 and of 30000
 *       bytes, by the relay of that mode, against the tap
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
    private static final Goal NAMESPACE_FIRST = new Goal.AtMostSlowerBy(150);
    private static final Goal NAMESPACE_WARM = new Goal.AtMostSlowerBy(40);
    private static final Goal RELAY_REQUEST = new Goal.AtMostSlowerBy(0.3);
    private static final Goal RELAY_BYTES = new Goal.TimesFaster(0.6);
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
        WarmLauncher warm = new WarmLauncher(guest, launcher("tap"));
        Witness witness = warm.warmUp();
        try (BareVmm bare = BareVmm.start(tools, witness, guest.image())) {
            bare.run(); // its first one waits for its JVM
            add(Comparison.of("overhead-warm", witness.hypervisor(), WARM, RUNS, warm, bare));
            add(Comparison.of(
                    "overhead-first", witness.hypervisor(), FIRST, SLOW_RUNS, new FreshJvm(guest, "tap"), bare));
        }
        for (Ending ending : Ending.values()) {
            add(ending.compare(witness.hypervisor(), VERDICT, RUNS, guest));
        }
        measureNamespace(witness.hypervisor(), warm);
        ManualFlow manual = ManualFlow.of(tools, witness.command(), guest.image());
        add(Comparison.of("manual", witness.hypervisor(), MANUAL, SLOW_RUNS, warm, manual));
    }

    private void measureNamespace(String hypervisor, WarmLauncher tap) {
        VmLauncher ours = launcher("namespace");
        VmLauncher theirs = launcher("tap");
        WarmLauncher namespace = new WarmLauncher(guest, ours);
        namespace.warmUp();
        add(Comparison.of("namespace-warm", hypervisor, NAMESPACE_WARM, RUNS, namespace, tap));
        add(Comparison.of(
                "namespace-first",
                hypervisor,
                NAMESPACE_FIRST,
                SLOW_RUNS,
                new FreshJvm(guest, "namespace"),
                new FreshJvm(guest, "tap")));
        try (Conversation relayed = Conversation.with(guest, ours, 1, 50);
                Conversation direct = Conversation.with(guest, theirs, 1, 50)) {
            add(Comparison.of("relay-request", hypervisor, RELAY_REQUEST, RUNS, relayed, direct));
        }
        try (Conversation relayed = Conversation.with(guest, ours, 30_000, 20);
                Conversation direct = Conversation.with(guest, theirs, 30_000, 20)) {
            add(Comparison.of("relay-30000-bytes", hypervisor, RELAY_BYTES, RUNS, relayed, direct));
        }
    }

    private static VmLauncher launcher(String network) {
        return VmLauncher.create(
                Settings.of(name -> name.equals("unikernel.network") ? Optional.of(network) : Optional.empty()));
    }

    private void add(Comparison comparison) {
        comparisons.add(comparison);
        System.out.println(comparison.row());
    }

    private String json() {
        return comparisons.stream().map(Comparison::json).collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }
}
