package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebuggerTest {

    @TempDir
    Path folder;

    private HostFixture given;

    @BeforeEach
    void makeMachine() {
        given = new HostFixture(folder);
        commandLine("java", "-cp", "x.jar", "Main");
    }

    private void commandLine(String... arguments) {
        given.write(given.proc.resolve("self/cmdline"), String.join("\0", arguments) + "\0");
    }

    @Test
    void aPlainJvmIsNotDebugged() {
        assertThat(given.host().isDebugged()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-agentlib:jdwp=transport=dt_socket,server=n,address=127.0.0.1:41235",
                "-Xrunjdwp:transport=dt_socket,server=y",
                "-agentpath:/opt/lib/libjdwp.so=transport=dt_socket"
            })
    void anAgentOnTheCommandLineIsADebugger(String agent) {
        commandLine("java", agent, "Main");
        assertThat(given.host().isDebugged()).isTrue();
    }

    @Test
    void anArgumentOfTheProgramThatMentionsOneIsNone() {
        commandLine("java", "Main", "--jvm=-agentlib:jdwp=x");
        assertThat(given.host().isDebugged()).isFalse();
    }

    @Test
    void anAgentInAVariableOfTheJvmIsADebugger() {
        given.environment.put("JAVA_TOOL_OPTIONS", "-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y");
        assertThat(given.host().isDebugged()).isTrue();
    }

    @Test
    void whereNothingCanBeReadThereIsNone() {
        given = new HostFixture(folder.resolve("empty"));
        assertThat(given.host().isDebugged()).isFalse();
    }
}
