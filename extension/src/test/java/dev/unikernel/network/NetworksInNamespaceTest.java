package dev.unikernel.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unikernel.host.Host;
import org.junit.jupiter.api.Test;

@OwnNamespace
class NetworksInNamespaceTest {

    @Test
    void tapsCanBeHadInANamespaceOfOurOwn() {
        assertThat(Networks.probe(NetworkMode.TAP, Host.current()).missing()).isEmpty();
    }

    @Test
    void tapsAreNotMadeBesideForeignInterfaces() {
        Shell.run("ip link add theirs type veth peer name theirs2");

        assertThat(Networks.probe(NetworkMode.TAP, Host.current())
                        .missing()
                        .orElseThrow()
                        .reason())
                .contains("theirs");
    }
}
