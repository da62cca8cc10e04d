package dev.unikernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkNamespaceTest {

    private static final String HEAD = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
            """;

    private static final String FIX =
            "Run the test JVM in a network namespace of its own (the README has the wrapper), or"
                    + " allow the change with unikernel.network=host-tap.";

    @TempDir
    Path folder;

    private HostFixture given;

    @BeforeEach
    void makeMachine() {
        given = new HostFixture(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "    lo:       0       0\n",
                "    lo:       0       0\nuk1a2b-3: 90 1\n",
                "    lo:       0       0\n  sit0:  0 0\n tunl0: 0 0\n"
            })
    void namespaceWithoutForeignInterfacesIsOurs(String interfaces) {
        given.write(given.proc.resolve("self/net/dev"), HEAD + interfaces);

        assertThat(given.host().ownNamespace())
                .isEqualTo(new Probe.Available("network namespace without foreign interfaces"));
    }

    @Test
    void foreignInterfacesAreNamed() {
        given.write(given.proc.resolve("self/net/dev"), HEAD + "    lo: 1 2\n  eth0: 3 4\nuk1-1: 1 2\ndocker0: 5 6\n");

        assertThat(given.host().ownNamespace())
                .isEqualTo(new Probe.Missing(
                        "a tap would change the network of this machine, since this network namespace has eth0,"
                                + " docker0",
                        FIX));
    }

    @Test
    void wrappersNamespaceIsOursWhateverItHas() {
        given.write(given.proc.resolve("self/net/dev"), HEAD + "  eth0: 3 4\n");
        given.environment.put("UNIKERNEL_NAMESPACE", "1");

        assertThat(given.host().ownNamespace())
                .isEqualTo(new Probe.Available("network namespace of our own (UNIKERNEL_NAMESPACE=1)"));
    }

    @Test
    void namespaceThatCannotBeReadIsNotOurs() {
        Path devices = given.proc.resolve("self/net/dev");
        given.environment.put("UNIKERNEL_NAMESPACE", "0");

        assertThat(given.host().ownNamespace())
                .isEqualTo(new Probe.Missing(
                        "the interfaces of this network namespace cannot be read from " + devices
                                + " (java.nio.file.NoSuchFileException: " + devices + ")",
                        FIX));
    }
}
