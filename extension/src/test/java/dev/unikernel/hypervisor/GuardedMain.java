package dev.unikernel.hypervisor;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A JVM with a guarded process and a guarded folder, to be killed by {@link GuardTest}. */
final class GuardedMain {

    private GuardedMain() {}

    /** {@code FOLDER hold|loop COMMAND...}; then takes orders on standard input: kill-guard, exit. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        List<String> command = Arrays.asList(args).subList(2, args.length);
        guardFolder(folder.resolve("first"));
        if (args[1].equals("loop")) {
            System.out.println("ready");
            while (true) {
                launch(folder, command).close();
            }
        }
        VmmProcess process = launch(folder, command);
        System.out.println("vmm " + process.pid());
        System.out.println("guard " + Guard.ofThisJvm().pid());
        System.out.println("ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order; (order = orders.readLine()) != null && !order.equals("exit"); ) {
            ProcessHandle guard = ProcessHandle.of(Guard.ofThisJvm().pid()).orElseThrow();
            guard.destroyForcibly();
            guard.onExit().get();
            guardFolder(folder.resolve("second"));
            System.out.println("guard " + Guard.ofThisJvm().pid());
            System.out.println("ready");
        }
    }

    private static VmmProcess launch(Path folder, List<String> command) {
        return VmmProcess.launch(command, folder.resolve("output"), folder.resolve("errors"));
    }

    private static void guardFolder(Path folder) throws Exception {
        Guard.ofThisJvm().folder(folder);
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("disk.img"), "x");
    }
}
