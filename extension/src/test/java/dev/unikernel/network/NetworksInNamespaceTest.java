package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unikernel.config.Settings;
import dev.unikernel.host.Host;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OwnNamespace
class NetworksInNamespaceTest {

    private static final Settings NOTHING_SET = Settings.only(Map.of());
    private static final ProcessGuard UNUSED = (enter, command, output, errors) -> {
        throw new AssertionError("no process is needed");
    };

    @Test
    void tapsCanBeHadInANamespaceOfOurOwn() {
        assertThat(Networks.probe(NetworkMode.TAP, NOTHING_SET, Host.current()).missing())
                .isEmpty();
    }

    @Test
    void tapsAreNotMadeBesideForeignInterfaces() {
        Shell.run("ip link add theirs type veth peer name theirs2");

        assertThat(Networks.probe(NetworkMode.TAP, NOTHING_SET, Host.current())
                        .missing()
                        .orElseThrow()
                        .reason())
                .contains("theirs");
    }

    @Test
    void aMissingIpIsNamed() {
        Shell.run("for file in $(which -a ip); do mount --bind /dev/null $file; done");

        assertThat(Networks.probe(NetworkMode.TAP, NOTHING_SET, Host.current())
                        .missing()
                        .orElseThrow()
                        .toString())
                .contains("there is no ip in any of", "Install iproute2");
        assertThatThrownBy(() -> Networks.of(
                        NetworkMode.TAP, NOTHING_SET, Host.current(), new Guards(TapGuard.NONE, UNUSED, folder -> {})))
                .isInstanceOf(NetworkException.class)
                .hasMessageContainingAll("the program 'ip'", "Install iproute2", "unikernel.network=user");
    }
}
