package dev.unikernel.host;

import dev.unikernel.host.Host.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;

/** A debugger of Java that this JVM was started for. */
final class Debugger {

    /** Where options of a JVM stand beside its command line (the documentation of the java command). */
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final Pattern AGENT = Pattern.compile("-agentlib:jdwp|-Xrunjdwp|-agentpath:\\S*jdwp");

    private Debugger() {}

    /** Read from the command line: asking the JVM's management costs its first boot some 30 ms. */
    static boolean isAwaitedBy(Surroundings surroundings) {
        for (String variable : VARIABLES) {
            if (AGENT.matcher(surroundings.environment().getOrDefault(variable, ""))
                    .find()) {
                return true;
            }
        }
        try {
            String commandLine =
                    Files.readString(surroundings.proc().resolve("self/cmdline"), StandardCharsets.ISO_8859_1);
            for (String argument : commandLine.split("\0", -1)) {
                if (AGENT.matcher(argument).lookingAt()) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }
}
