package dev.unikernel.vm;

import dev.unikernel.config.ConfigException;
import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import dev.unikernel.network.NetworkException;
import dev.unikernel.network.namespace.NamespaceWrapper;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the jar does on the command line.
 *
 * <ul>
 *   <li>{@code java -jar unikernel-junit.jar doctor [--json]} prints what the extension would find out about this machine,
 *       and which hypervisor and network it would take: for people, or for programs. Settings count as in a test run
 *       ({@code java -Dunikernel.hypervisor=qemu -jar ...}). It starts no VM, and says nothing of user, host or addresses.
 *   <li>{@code java -jar unikernel-junit.jar wrapper target/unikernel/bin/java} writes the script that runs a test JVM in
 *       a network namespace of its own.
 * </ul>
 *
 * <p>Exit status: 0 when done, and for the doctor if a VM can be started; 1 when it failed or none can; 2 when the
 * arguments are wrong. What failed is one line on standard error.
 */
public final class Main {

    private static final String USAGE = "usage: java -jar unikernel-junit.jar doctor [--json] | wrapper .../bin/java";

    private Main() {}

    public static void main(String... arguments) {
        int status = run(System.out, System.err, arguments);
        // Returning, where all went well, keeps Maven alive that calls this in its own JVM.
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        List<String> words = List.of(arguments);
        if (words.equals(List.of("doctor"))) {
            return examine(out, err, false);
        }
        if (words.equals(List.of("doctor", "--json"))) {
            return examine(out, err, true);
        }
        if (words.size() == 2 && words.get(0).equals("wrapper")) {
            return writeWrapper(out, err, words.get(1));
        }
        err.println(USAGE);
        return 2;
    }

    private static int examine(PrintStream out, PrintStream err, boolean json) {
        Anonymous anonymous = Anonymous.ofThisJvm();
        try {
            Diagnosis diagnosis = new Doctor(Settings.ofSystemProperties(), Host.current(), anonymous).examine();
            out.print(json ? DiagnosisJson.of(diagnosis) + "\n" : DiagnosisText.of(diagnosis));
            return diagnosis.canStart() ? 0 : 1;
        } catch (ConfigException e) {
            err.println(anonymous.of(String.valueOf(e.getMessage())));
            return 1;
        }
    }

    private static int writeWrapper(PrintStream out, PrintStream err, String path) {
        try {
            Path target = Path.of(path);
            NamespaceWrapper.writeTo(target);
            out.println("Wrote " + target.toAbsolutePath() + ", the <jvm> for Surefire and Failsafe.");
            return 0;
        } catch (InvalidPathException | NetworkException e) {
            err.println(e.getMessage());
            return 1;
        }
    }
}
