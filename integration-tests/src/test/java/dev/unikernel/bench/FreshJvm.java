package dev.unikernel.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Our first boot in a JVM of its own, started with this JVM's {@code unikernel.*} settings.
 *
 * @param network the network mode
 */
record FreshJvm(Guest guest, String network) implements Contestant {

    @Override
    public Duration run() {
        return Tools.nanoseconds(command(
                FirstBoot.class,
                List.of(guest.kernel().toString(), guest.image().toString(), network)));
    }

    /** A command that runs {@code main} with the class path and the settings of this JVM. */
    static List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("unikernel."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        // As our wrapper does it: JVMs in several namespaces have equal process ids and one /tmp.
        command.add("-XX:+PerfDisableSharedMem");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
