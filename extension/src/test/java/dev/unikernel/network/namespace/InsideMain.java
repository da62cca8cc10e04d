package dev.unikernel.network.namespace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@link NamespaceWrapperTest} runs with the wrapper as its java; the argument names what it does. */
final class InsideMain {

    private InsideMain() {}

    public static void main(String... arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "namespaces" -> {
                for (String kind : new String[] {"net", "mnt", "pid"}) {
                    System.out.println(Files.readSymbolicLink(Path.of("/proc/self/ns", kind)));
                }
            }
            case "echo" -> System.out.write(System.in.readAllBytes());
            case "shell" -> shell(arguments[1]);
            case "exit" -> System.exit(Integer.parseInt(arguments[1]));
            case "wait" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
                System.out.println("waiting");
                System.in.read();
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.flush();
    }

    private static void shell(String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        System.out.print(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        System.exit(shell.waitFor());
    }
}
