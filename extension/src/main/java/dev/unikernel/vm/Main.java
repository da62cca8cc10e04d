package dev.unikernel.vm;

import dev.unikernel.network.NetworkException;
import dev.unikernel.network.namespace.NamespaceWrapper;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * What the jar does on the command line: {@code java -jar unikernel-junit.jar wrapper target/unikernel/bin/java} writes
 * the script that runs a test JVM in a network namespace of its own.
 *
 * <p>Exit status: 0 when done, 1 when it failed, 2 when the arguments are wrong; the last two with one line on standard error.
 */
public final class Main {

    private static final String USAGE = "usage: java -jar unikernel-junit.jar wrapper .../bin/java";

    private Main() {}

    public static void main(String... arguments) {
        int status = run(System.out, System.err, arguments);
        // Returning, where all went well, keeps Maven alive that calls this in its own JVM.
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        if (arguments.length != 2 || !arguments[0].equals("wrapper")) {
            err.println(USAGE);
            return 2;
        }
        try {
            Path target = Path.of(arguments[1]);
            NamespaceWrapper.writeTo(target);
            out.println("Wrote " + target.toAbsolutePath() + ", the <jvm> for Surefire and Failsafe.");
            return 0;
        } catch (InvalidPathException | NetworkException e) {
            err.println(e.getMessage());
            return 1;
        }
    }
}
